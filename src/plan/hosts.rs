//! Redirects, as each host takes them: rules in a file of its form, or pages.

use super::{OutputKind, Plan, fixed};
use crate::{
    config::{Config, Host},
    model::UrlPath,
    parse::redirects::Target,
    relate::SiteIndex,
};

impl Plan {
    pub(super) fn add_redirects(&mut self, index: &SiteIndex) {
        let Config { host, .. } = &*index.config;
        let has_rules = host.takes_rules();
        if has_rules {
            self.add(fixed(host.rules_file()), OutputKind::HostRules, None);
        }
        for (at, rule) in index.redirects.iter().enumerate() {
            let is_page = !has_rules || (matches!(rule.to, Target::Gone) && !host.can_say_gone());
            if is_page {
                let url = redirect_page(&rule.from);
                self.add(url, OutputKind::Redirect(at), Some(rule.path.clone()));
            }
        }
    }
}

/// The address of the page that stands in for a redirect: one that any host serves as HTML.
fn redirect_page(from: &UrlPath) -> UrlPath {
    let has_ending = from.as_str().rsplit('/').next().is_some_and(|name| name.contains('.'));
    if from.is_folder() || has_ending { from.clone() } else { fixed(&format!("{from}/").replace('%', "%25")) }
}

impl Host {
    /// Whether redirects are rules in a file of the host's form, not pages.
    pub fn takes_rules(self) -> bool {
        matches!(self, Self::Netlify | Self::CloudflarePages | Self::Nginx | Self::Apache | Self::Caddy)
    }

    /// Whether its rules can answer 410.
    pub fn can_say_gone(self) -> bool {
        matches!(self, Self::Netlify | Self::Nginx | Self::Apache | Self::Caddy)
    }

    /// The file of its headers, if they have one of their own. A site's own in `static/` replaces it.
    pub fn headers_file(self) -> Option<&'static str> {
        matches!(self, Self::Netlify | Self::CloudflarePages).then_some("/_headers")
    }

    /// The file that holds its rules.
    pub fn rules_file(self) -> &'static str {
        match self {
            Self::Apache => "/.htaccess",
            Self::Nginx => "/_nginx.conf",
            Self::Caddy => "/_caddy.conf",
            _ => "/_redirects",
        }
    }
}
