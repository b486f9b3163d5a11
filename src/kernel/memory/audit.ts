import { PROT_WRITE } from '../../abi/flags.ts';
import type { Books } from '../audit/books.ts';
import { FRAME_SHIFT, PRIVATE, READ, WRITE } from './pages.ts';
import type { AddressSpace } from './space.ts';

/** One address space: its areas, its pages, and that the platform's tables show no page that they do not allow. */
export function auditSpace(space: AddressSpace, books: Books): void {
  const name = `address space ${space.id}`;
  books.counts('address space', space.id, space.users);
  auditAreas(space, books, name);
  auditPages(space, books, name);
  space.space.audit?.(books, name, (page, frame, writable) => {
    const entry = space.pages.get(page);
    const allowed = (entry & READ) !== 0 && entry >>> FRAME_SHIFT === frame && (!writable || (entry & WRITE) !== 0);
    if (!allowed)
      books.wrong('page table', `${name} at ${at(page)}`, shown(entry), `frame ${frame}${writable ? ' w' : ''}`);
  });
}

function auditAreas({ areas, pool }: AddressSpace, books: Books, name: string): void {
  let end = 0;
  let pages = 0;
  for (const area of areas.list) {
    const where = `${name} at ${at(area.start)}`;
    if (area.start < end || area.end <= area.start || area.end > pool.topPage)
      books.wrong(
        'area',
        where,
        `pages above ${at(end)}, below ${at(pool.topPage)}`,
        `${at(area.start)}-${at(area.end)}`,
      );
    end = area.end;
    pages += area.end - area.start;
    area.backing?.claim(books, where);
  }
  books.equal('pages in areas', name, pages, areas.pages);
}

function auditPages({ areas, pages, pool }: AddressSpace, books: Books, name: string): void {
  let resident = 0;
  for (let page = pages.next(0, 1 << 20); page < 1 << 20; page = pages.next(page + 1, 1 << 20)) {
    const entry = pages.get(page);
    const frame = entry >>> FRAME_SHIFT;
    const where = `${name} at ${at(page)}`;
    resident++;
    books.holds('frame', frame, where);
    const area = areas.find(page);
    if (!area) {
      books.wrong('page', where, 'to lie in an area', 'none');
      continue;
    }
    if (!(entry & WRITE)) continue;
    if (!(area.rights & PROT_WRITE)) books.wrong('page', where, 'not to be writable, as its area', shown(entry));
    // What is written must not show elsewhere.
    if (!area.shared && (!(entry & PRIVATE) || pool.frames.references(frame) !== 1))
      books.wrong(
        'page',
        where,
        'a frame of its own, since it is writable',
        `${pool.frames.references(frame)} references`,
      );
  }
  books.equal('resident pages', name, resident, pages.resident);
}

function at(page: number): string {
  return `0x${(page * 4096).toString(16).padStart(8, '0')}`;
}

function shown(entry: number): string {
  if (!(entry & READ)) return 'nothing';
  return `frame ${entry >>> FRAME_SHIFT}${entry & WRITE ? ' w' : ''}`;
}
