/** The language: what is right, and what is said of what is wrong, with line, column, caret and suggestion. */
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/ktrace/limits.ts';
import { right, wrong } from './read.ts';

/** The message of a mistake in a clause's actions, at column `column` of the actions. */
const inside = (actions: string): string => wrong(`syscall:open:entry { ${actions} }`);

describe('what is right', () => {
  it.each([
    ['syscall:*:entry /depth == 1/ { @[name] = count(); }'],
    ['syscall:*:entry /mode == app/ { save(frame); limit(0xbfffffff); mode = kernel; goto(syscall_entry); }'],
    ['fault:page:* /mode == app/ { save(frame); limit(0xbfffffff); mode = kernel; goto(syscall_entry); }'],
    ['syscall:resume:entry /mode == kernel/ { restore(frame); limit(0x6fffffff); mode = app; }'],
    ['syscall:open*:return, syscall:creat:return { @[name, ret < 0] = count() }'],
    ['fault { @[name, error, address & 0xfff] = count() } // a comment'],
    ['# a comment\nsignal:SIG*,tick{}switch/*\n*/{ @[previous] = count(); ; }'],
    ['syscall:write:entry /(arg2 / 2) == 1 || !(comm != "sh\\n\\"")/ { @ = sum(arg2); }'],
    ['syscall:read:return { @l = lhist(ret, 0, 1_000, 10); @h = hist(elapsed); @a = avg(-ret); }'],
    ['syscall:open:entry { @[str(arg0), str(arg0, 3)] = count(); pagetable(table + 1); signal(SIGUSR1); signal(9); }'],
    ['syscall::entry { return(-1 << 2); }'],
    ['fault:page:write /write && address < 0x1000/ { ring(3); }'],
    ['syscall:*:entry/pid%2==0/{@a=min(nsecs)@b=max(nsecs)}'.replace(')@', ');@')],
  ])('%s', (text) => {
    expect(wrong(text)).toBe('');
  });
});

describe('what is wrong is told with its place', () => {
  it('shows the line, the caret and the suggestion', () => {
    expect(wrong('syscall:*:entry { }\nsyscall:opn:entry { @ = count(); }')).toBe(
      [
        'script:2:1: no probe is called syscall:opn:entry',
        '  syscall:opn:entry { @ = count(); }',
        '  ^~~~~~~~~~~~~~~~~',
        'Did you mean syscall:open:entry?',
      ].join('\n'),
    );
  });

  it('shows what a terminal would obey as blanks, one column each', () => {
    const [, line, caret] = wrong('\tsyscall:opn:entry { }\u001b').split('\n');
    expect(line).toBe('   syscall:opn:entry { } ');
    expect(caret).toBe(`${' '.repeat(24)}^`);
  });

  it('cuts a long line around the mistake', () => {
    const text = `syscall:open:entry /${'pid == 1 || '.repeat(40)}pidd == 1/ { }`;
    const [first, line, caret, hint] = wrong(text).split('\n');
    expect(first).toBe(`script:1:${text.indexOf('pidd') + 1}: there is no pidd`);
    expect(line.slice(caret.indexOf('^'), caret.indexOf('^') + 4)).toBe('pidd');
    expect(line.length).toBeLessThanOrEqual(102);
    expect(hint).toBe('Did you mean pid?');
  });

  it.each([
    ['', 'script:1:1: there is no clause', 'For example: syscall:*:entry { @[name] = count(); }'],
    ['sycall:open:entry { }', 'script:1:1: no probe is called sycall:open:entry', 'Did you mean syscall:open:entry?'],
    ['open { }', 'script:1:1: no probe is called open', 'Did you mean syscall:open:entry?'],
    [
      'kprobe:f { }',
      'script:1:1: no probe is called kprobe:f',
      'Probes begin with syscall, fault, demand, signal, switch, tick, crossing.',
    ],
    [
      'syscall:open { }',
      'script:1:1: syscall:open: which end of the call?',
      'Write syscall:open:entry or syscall:open:return.',
    ],
    ['signal:INT { }', 'script:1:1: no probe is called signal:INT', 'Did you mean signal:SIGINT?'],
    ['fault:pagee { }', 'script:1:1: no probe is called fault:pagee', 'Did you mean fault:page?'],
    ['tick:10ms { }', 'script:1:1: no probe is called tick:10ms', 'It is tick.'],
    ['/* no end', 'script:1:1: this comment has no end', 'It ends with */.'],
    [
      'tick / pid / 2 == 1 / { }',
      'script:1:14: expected "{" after the predicate, found 2',
      'A division in a predicate stands in parentheses: a slash ends it.',
    ],
    ['tick /pid/ { }', 'script:1:7: expected a bool, this is an int', 'Compare it, for example with != 0.'],
    ['tick /comm/ { }', 'script:1:7: expected a bool, this is a string', 'Compare it, for example with == "sh".'],
    [
      'tick /pid & 1 == 1/ { }',
      'script:1:13: expected an int, this is a bool',
      'Comparisons bind more strongly than & | ^, as in C: use parentheses.',
    ],
    ['tick /comm = "sh"/ { }', 'script:1:12: "=" compares nothing', 'To compare, write "==".'],
    ['tick /mode == 1/ { }', 'script:1:7: a mode and an int are never equal', 'A mode is app or kernel.'],
    [
      'tick /pid == 1/',
      'script:1:16: expected "{" after the predicate, found the end of the script',
      'A division in a predicate stands in parentheses: a slash ends it.',
    ],
    [
      'tick { @ = count();',
      'script:1:20: expected an action, found the end of the script',
      'A clause is closed by "}".',
    ],
    [
      'switch { save(frame); }',
      'script:1:10: save cannot be used at switch',
      'It can at syscall:*:entry, syscall:*:return, fault:*, signal:*, tick.',
    ],
    [
      'crossing { @[ip] = count(); }',
      'script:1:14: ip is not known at crossing:*',
      'It is known at syscall:*:entry, syscall:*:return, fault:*, demand, signal:*, switch, tick.',
    ],
  ])('%s', (text, message, hint) => {
    const lines = wrong(text).split('\n');
    expect(lines[0]).toBe(message);
    expect(lines.at(-1)).toBe(hint);
    expect(lines).toHaveLength(4);
  });

  it.each([
    ['@ = cuont();', 5, 'there is no aggregation cuont', 'Did you mean count?'],
    ['@[pidd] = count();', 3, 'there is no pidd', 'Did you mean pid?'],
    ['@[ret] = count();', 3, 'ret is not known at syscall:*:entry', 'It is known at syscall:*:return.'],
    ['@[execname] = count();', 3, 'there is no execname', 'Here it is called comm.'],
    ['@[frame] = count();', 3, 'frame is a frame and no value', ''],
    ['@[@a] = count();', 3, 'a map cannot be read', 'Maps are filled by aggregations and shown at the end.'],
    ['@ = 5;', 5, 'expected an aggregation, found 5', 'For example: @[name] = count();'],
    ['@ = sum();', 5, 'sum takes 1 arguments', 'It takes value.'],
    ['@ = sum(comm);', 9, 'expected an int, this is a string', ''],
    ['@a = count(); @a = sum(pid);', 20, '@a is filled by another count() above', ''],
    ['@a[pid] = count(); @a[comm] = count();', 23, 'this key of @a is int above', ''],
    ['@a[pid] = count(); @a = count();', 20, '@a has 1 keys above, none here', ''],
    ['@ = lhist(arg0, 10, 0, 1);', 17, 'the upper bound must be above the lower', ''],
    ['@ = lhist(arg0, 0, 10, 0);', 17, 'the step must be above 0', ''],
    ['@ = lhist(arg0, 0, pid, 1);', 20, 'this must be a number that is known beforehand', ''],
    ['@[pid / 0] = count();', 9, 'a division by zero', ''],
    ['@[9007199254740993] = count();', 3, '9007199254740993 is too large', 'Numbers go up to 9007199254740991.'],
    ['@["abc] = count();', 3, 'this string has no end', 'A string ends with " on the same line.'],
    ['@["\\q"] = count();', 4, '\\q means nothing', 'There are \\n \\t \\r \\0 \\" \\\\.'],
    ["@['a'] = count();", 3, '"\'" does not belong here', 'Strings stand in double quotes.'],
    [
      '$x = 1;',
      1,
      '"$" does not belong here',
      'There are no variables; use a map with an aggregation, or a name of the event (nestlab ktrace -l).',
    ],
    ['count();', 1, 'count fills a map', 'Write @ = count(...) or @name[key] = count(...).'],
    ['printf("x");', 1, 'there is no printf', 'Nothing is printed at the event; count it: @[name] = count();'],
    ['if (pid) {}', 1, 'there is no if', 'Conditions stand in the predicate: probe /condition/ { actions }.'],
    ['while (1) {}', 1, 'there is no while', 'There are no loops: a script ends after a known number of steps.'],
    ['x = 5;', 1, 'x cannot be assigned', 'Only mode and maps can: mode = app; @a = count();'],
    ['mode = 1;', 8, 'a mode is app or kernel', 'Write mode = app or mode = kernel.'],
    ['mode(app);', 1, 'the mode is assigned', 'Write mode = app or mode = kernel.'],
    ['sav(frame);', 1, 'there is no action sav', 'Did you mean save?'],
    ['save();', 1, 'save takes the name of a frame', ''],
    ['save(frme);', 6, 'no frame is called frme', 'Did you mean frame?'],
    ['goto(frame);', 6, 'frame is a frame, not an entry', ''],
    ['goto(0x1000);', 6, 'goto takes the name of an entry', ''],
    ['restore(own); goto(syscall_entry);', 15, 'restore has already decided where to go on', ''],
    ['limit(0x6ffffff0);', 7, 'a limit is the last address of a page: it ends in 0xfff', ''],
    ['limit(pid);', 7, 'this must be a number that is known beforehand', ''],
    ['ring(0);', 6, 'a ring is 1 or 3: ring 0 is the host kernel', ''],
    ['signal(SIGKIL);', 8, 'there is no signal SIGKIL', 'Did you mean SIGKILL?'],
    ['signal(65);', 8, 'a signal is a number from 1 to 64', ''],
    ['@ = count() @b = count()', 13, 'expected ";" after the action, found @b', ''],
    ['@[strlen(arg0)] = count();', 3, 'there is no function strlen', 'There is: str.'],
  ])('%s', (actions, column, message, hint) => {
    const lines = inside(actions).split('\n');
    expect(lines[0]).toBe(`script:1:${21 + column}: ${message}`);
    expect(lines[2].indexOf('^')).toBe(2 + 20 + column);
    if (hint !== '') expect(lines[3]).toBe(hint);
    else expect(lines).toHaveLength(3);
  });

  it('says that no frame can be registered from where there is no program', () => {
    expect(wrong('tick { save(frame); }', new Map())).toContain('registered by the program that loads the script');
  });
});

describe('bounds', () => {
  const clause = 'tick { @ = count(); }\n';
  it.each([
    ['clauses', clause.repeat(LIMITS.clauses), clause.repeat(LIMITS.clauses + 1)],
    ['probes', `${'tick,'.repeat(LIMITS.probes - 1)}tick { }`, `${'tick,'.repeat(LIMITS.probes)}tick { }`],
    [
      'actions',
      `tick { ${'@ = count();'.repeat(LIMITS.actions)} }`,
      `tick { ${'@ = count();'.repeat(LIMITS.actions + 1)} }`,
    ],
    [
      'nesting',
      `tick /${'('.repeat(LIMITS.nesting - 1)}true${')'.repeat(LIMITS.nesting - 1)}/ { }`,
      `tick /${'('.repeat(5000)}true${')'.repeat(5000)}/ { }`,
    ],
    ['unary operators', `tick /${'!'.repeat(LIMITS.nesting - 1)}true/ { }`, `tick /${'!'.repeat(60000)}true/ { }`],
    [
      'terms',
      `tick /${'true || '.repeat(LIMITS.terms - 1)}true/ { }`,
      `tick /${'true || '.repeat(LIMITS.terms)}true/ { }`,
    ],
    [
      'keys',
      `tick { @[${'pid,'.repeat(LIMITS.keys)}] = count(); }`,
      `tick { @[${'pid,'.repeat(LIMITS.keys + 1)}] = count(); }`,
    ],
    ['steps', 'tick { @ = lhist(pid, 0, 1000, 1); }', 'tick { @ = lhist(pid, 0, 1001, 1); }'],
    ['text', clause.padEnd(LIMITS.text), clause.padEnd(LIMITS.text + 1)],
  ])('%s', (_name, most, more) => {
    expect(wrong(most)).toBe('');
    expect(wrong(more)).toMatch(/^script:\d+:\d+: .*(more than|at most)/);
  });

  it('maps', () => {
    const maps = (count: number): string =>
      Array.from({ length: count }, (_, n) => `tick { @m${n} = count(); }`).join('\n');
    expect(right(maps(LIMITS.maps)).maps).toHaveLength(LIMITS.maps);
    expect(wrong(maps(LIMITS.maps + 1))).toContain(`more than ${LIMITS.maps} maps`);
  });
});
