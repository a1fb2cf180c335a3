// How a check's findings are printed: each mistake once, with the places where it stands.

const MISTAKES = 30;
const PLACES = 3;

/**
 * A finding is `{rule, message, page, line?, element?, mode?}`: which rule, what is wrong, and where.
 * Mistakes of the theme stand on hundreds of pages, so those that differ in the page only are shown together.
 */
function grouped(findings) {
  const groups = new Map();
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule, finding.message]);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(finding);
  }
  return [...groups.values()];
}

function lines(findings) {
  const groups = grouped(findings);
  const text = groups.slice(0, MISTAKES).flatMap((group) => {
    const [{ rule, message }] = group;
    const places = group.slice(0, PLACES).map(({ page, line, mode, element }) =>
      `          ${page}${line ? `:${line}` : ''}${mode ? ` (${mode})` : ''}${element ? `  ${element}` : ''}`);
    if (group.length > PLACES) places.push(`          and ${group.length - PLACES} more places`);
    return [`      ${rule}: ${message}`, ...places];
  });
  if (groups.length > MISTAKES) text.push(`      and ${groups.length - MISTAKES} more kinds of mistake`);
  return text;
}

/** Prints one check; `looked` says how much was looked at, so that an empty look can't pass for a good one. */
export function show({ name, looked, problems, warnings = [] }) {
  const verdict = problems.length === 0 ? 'ok  ' : 'FAIL';
  const count = problems.length === 0 ? '' : `, ${problems.length} wrong`;
  console.log(`${verdict}  ${name}: ${looked}${count}`);
  for (const line of lines(problems)) console.log(line);
  if (warnings.length > 0) {
    console.log(`note  ${name}: ${warnings.length} warnings`);
    for (const line of lines(warnings)) console.log(line);
  }
}

export const many = (count, noun, plural = `${noun}s`) => `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
