//! A quire as it is kept for later builds: what each of its stories is made of, and its words with the stories that they stand in.
//!
//! The words come in stacks by their beginnings, so that each stack of a volume can be bound by a thread of its own. As a quire says of every story apart
//! what it was made of, a later build that knows all but one of them gathers the words of that one alone.

use super::{
    list::Stories,
    words::{Bound, STACKS, Words, stack_of},
};
use crate::{
    model::Digest,
    parse::terms::{push_number, take_number},
};

/// A story in which a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mention {
    /// Its number in the quire.
    pub(super) story: u32,
    /// How much the word counts there.
    pub(super) weight: u8,
    /// Whether it counts so much that it may be a cure for a mistyped one.
    pub(super) is_prominent: bool,
}

/// A quire that is read; by default, one without a story.
#[derive(Debug, Default)]
pub(super) struct Quire<'a> {
    /// What each of its stories is made of.
    pub(super) ingredients: Vec<Digest>,
    stacks: [&'a [u8]; STACKS],
}

impl<'a> Quire<'a> {
    /// None if these bytes are no quire.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes;
        let stories = take_number(&mut rest)?;
        let ingredients = (0..stories).map(|_| {
            let (digest, behind) = rest.split_first_chunk()?;
            rest = behind;
            Some(Digest::from_bytes(*digest))
        });
        let ingredients = ingredients.collect::<Option<_>>()?;
        let mut lens = [0; STACKS];
        for len in &mut lens {
            *len = take_number(&mut rest)? as usize;
        }
        let mut stacks: [&[u8]; STACKS] = [&[]; STACKS];
        for (stack, len) in stacks.iter_mut().zip(lens) {
            (*stack, rest) = rest.split_at_checked(len)?;
        }
        rest.is_empty().then_some(Self { ingredients, stacks })
    }

    /// How many stories it has.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.ingredients.len()).expect("a quire has fewer stories than that")
    }

    /// Binds its words of a stack behind those of the quires before it, which have `first` stories.
    pub(super) fn bind(&self, stack: usize, first: u32, words: &mut Words<Bound>) {
        let mut rest = self.stacks[stack];
        // A quire is sealed: there is none whose words end before their time.
        while let Some((word, count)) = take_word(&mut rest) {
            let at = words.number(word);
            let word = &mut words.all[at];
            word.is_prominent |= count > 0;
            word.stories.append(&mut rest, first);
            for _ in 0..count {
                let _ = take_number(&mut rest);
            }
        }
    }

    /// Its words, each with the stories that it stands in, in their order.
    pub(super) fn words(&self) -> impl Iterator<Item = (&'a [u8], Vec<Mention>)> {
        self.stacks.into_iter().flat_map(|stack| {
            let mut rest = stack;
            std::iter::from_fn(move || {
                let (word, count) = take_word(&mut rest)?;
                let mut stories = Stories::default();
                stories.append(&mut rest, 0)?;
                let prominent: Vec<u32> = (0..count).map_while(|_| take_number(&mut rest)).collect();
                let is_prominent = |story: u32| prominent.binary_search(&story).is_ok();
                let mention = |(story, weight)| Mention { story, weight, is_prominent: is_prominent(story) };
                Some((word, stories.iter().map(mention).collect()))
            })
        })
    }
}

/// Takes a word off the beginning of a stack, and the number of stories in which it is prominent.
fn take_word<'a>(stack: &mut &'a [u8]) -> Option<(&'a [u8], u32)> {
    let head = take_number(stack)?;
    let (word, rest) = stack.split_at_checked((head >> 1) as usize)?;
    *stack = rest;
    let count = if head & 1 == 0 { 0 } else { take_number(stack)? };
    Some((word, count))
}

/// What an earlier quire says of some of its stories: those for which there is a number in the new one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) quire: &'a Quire<'a>,
    /// By their numbers there, the numbers here.
    pub(super) here: &'a [Option<u32>],
}

impl Known<'_> {
    fn words(&self) -> impl Iterator<Item = (&[u8], Vec<Mention>)> {
        let number = |story: u32| self.here.get(story as usize).copied().flatten();
        let here = move |it: Mention| Some(Mention { story: number(it.story)?, ..it });
        self.quire.words().map(move |(word, mentions)| (word, mentions.into_iter().filter_map(here).collect()))
    }
}

/// A quire of stories that are made of this, as bytes: `new` has the words of those of which nothing is known.
pub(super) fn written(ingredients: &[Digest], mut new: Words<Vec<Mention>>, known: Known<'_>) -> Vec<u8> {
    let mut stacks: [Vec<u8>; STACKS] = Default::default();
    for (word, mut mentions) in known.words() {
        mentions.extend(new.all.swap_remove(word).into_iter().flatten());
        write(word, mentions, &mut stacks[stack_of(word)]);
    }
    for (word, mentions) in new.all {
        write(&word, mentions, &mut stacks[stack_of(&word)]);
    }
    let len_bytes = stacks.iter().map(Vec::len).sum::<usize>() + 16 * ingredients.len() + 4 * STACKS;
    let mut bytes = Vec::with_capacity(len_bytes);
    push_number(&mut bytes, len(ingredients.len()));
    for digest in ingredients {
        bytes.extend_from_slice(digest.as_bytes());
    }
    for stack in &stacks {
        push_number(&mut bytes, len(stack.len()));
    }
    bytes.extend(stacks.concat());
    bytes
}

/// Adds a word to its stack, if any story has it.
fn write(word: &[u8], mut mentions: Vec<Mention>, stack: &mut Vec<u8>) {
    if mentions.is_empty() {
        return;
    }
    mentions.sort_unstable();
    let prominent = || mentions.iter().filter(|mention| mention.is_prominent);
    let count = prominent().count();
    push_number(stack, len(word.len()) << 1 | u32::from(count > 0));
    stack.extend_from_slice(word);
    if count > 0 {
        push_number(stack, len(count));
    }
    let mut stories = Stories::default();
    for mention in &mentions {
        stories.push(mention.story, mention.weight);
    }
    stories.keep(stack);
    for mention in prominent() {
        push_number(stack, mention.story);
    }
}

fn len(len: usize) -> u32 {
    u32::try_from(len).expect("a quire has fewer bytes than that")
}
