#include "lib.h"

static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

/* Days to date with years that start in March, so that the leap day is the last one. */
void calendar_of(i64 seconds, struct calendar *c) {
  i64 day = seconds / 86400;
  int rest = seconds % 86400;
  if (rest < 0) rest += 86400, day--;
  c->hour = rest / 3600;
  c->minute = rest / 60 % 60;
  c->second = rest % 60;
  c->weekday = (int)((day + 4) % 7 + 7) % 7;
  i64 shifted = day + 719468; /* days from 0000-03-01 to 1970-01-01 */
  i64 era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  int of_era = shifted - era * 146097;
  int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int shifted_month = (5 * of_year + 2) / 153;
  c->day = of_year - (153 * shifted_month + 2) / 5 + 1;
  c->month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  c->year = year_of_era + era * 400 + (c->month <= 2);
  bool leap = (c->year % 4 == 0 && c->year % 100 != 0) || c->year % 400 == 0;
  c->yearday = of_year >= 306 ? of_year - 305 : of_year + 60 + leap;
}

/* Appends the time in the manner of strftime. */
void calendar_put(struct buffer *b, const char *f, i64 seconds, int nanoseconds) {
  struct calendar c;
  calendar_of(seconds, &c);
  for (; *f; f++) {
    if (*f != '%' || !f[1]) {
      buffer_add(b, *f);
      continue;
    }
    switch (*++f) {
      case 'a': buffer_say(b, "%.3s", days[c.weekday]); break;
      case 'A': buffer_say(b, "%s", days[c.weekday]); break;
      case 'b':
      case 'h': buffer_say(b, "%.3s", months[c.month - 1]); break;
      case 'B': buffer_say(b, "%s", months[c.month - 1]); break;
      case 'c': calendar_put(b, "%a %b %e %H:%M:%S %Y", seconds, nanoseconds); break;
      case 'C': buffer_say(b, "%02d", c.year / 100); break;
      case 'd': buffer_say(b, "%02d", c.day); break;
      case 'D':
      case 'x': calendar_put(b, "%m/%d/%y", seconds, nanoseconds); break;
      case 'e': buffer_say(b, "%2d", c.day); break;
      case 'F': buffer_say(b, "%d-%02d-%02d", c.year, c.month, c.day); break;
      case 'H': buffer_say(b, "%02d", c.hour); break;
      case 'I': buffer_say(b, "%02d", (c.hour + 11) % 12 + 1); break;
      case 'j': buffer_say(b, "%03d", c.yearday); break;
      case 'm': buffer_say(b, "%02d", c.month); break;
      case 'M': buffer_say(b, "%02d", c.minute); break;
      case 'n': buffer_add(b, '\n'); break;
      case 'N': buffer_say(b, "%09d", nanoseconds); break;
      case 'p': buffer_say(b, "%s", c.hour < 12 ? "AM" : "PM"); break;
      case 'R': buffer_say(b, "%02d:%02d", c.hour, c.minute); break;
      case 's': buffer_say(b, "%lld", seconds); break;
      case 'S': buffer_say(b, "%02d", c.second); break;
      case 't': buffer_add(b, '\t'); break;
      case 'T':
      case 'X': buffer_say(b, "%02d:%02d:%02d", c.hour, c.minute, c.second); break;
      case 'u': buffer_say(b, "%d", (c.weekday + 6) % 7 + 1); break;
      case 'w': buffer_say(b, "%d", c.weekday); break;
      case 'y': buffer_say(b, "%02d", c.year % 100); break;
      case 'Y': buffer_say(b, "%d", c.year); break;
      case 'z': buffer_say(b, "+0000"); break;
      case 'Z': buffer_say(b, "UTC"); break;
      case '%': buffer_add(b, '%'); break;
      default: buffer_say(b, "%%%c", *f);
    }
  }
}
