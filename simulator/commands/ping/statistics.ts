// The figures of ping and its closing lines (ping(8)). Times are microseconds.
// Not here: when they are printed (runPing.ts).

/** What has happened so far. */
export type PingStatistics = {
  transmitted: number;
  received: number;
  duplicates: number;
  errors: number;
  /** The most requests that were on their way at one time. */
  pipe: number;
  /** The newest request that something came back for. */
  answered: number;
  /** Of the first and the last request. */
  firstSent: number;
  lastSent: number;
  readonly times: {
    count: number;
    least: number;
    most: number;
    sum: number;
    squares: number;
    ewma: number;
  };
};

/** Figures of a ping that has not begun. */
export function createStatistics(): PingStatistics {
  return {
    ...{
      transmitted: 0,
      received: 0,
      duplicates: 0,
      errors: 0,
      pipe: 0,
      answered: 0,
      firstSent: 0,
      lastSent: 0,
    },
    times: { count: 0, least: Number.POSITIVE_INFINITY, most: 0, sum: 0, squares: 0, ewma: 0 },
  };
}

/** Notes how long a reply took. */
export function noteTime({ times }: PingStatistics, time: number): void {
  times.count += 1;
  times.least = Math.min(times.least, time);
  times.most = Math.max(times.most, time);
  times.sum += time;
  times.squares += time * time;
  times.ewma += times.ewma === 0 ? time * 8 : time - times.ewma / 8;
}

/** Notes that something came back for this request. */
export function noteAnswered(statistics: PingStatistics, sequence: number): void {
  const behind = (statistics.transmitted - sequence) & 0xffff;
  if (behind > 0x7fff) return;
  statistics.pipe = Math.max(statistics.pipe, behind + 1);
  statistics.answered = Math.max(statistics.answered, statistics.transmitted - behind);
}

/** "0.045", "5.09", "13.9", "945": a time in milliseconds as a reply line shows it. */
export function timeText(time: number): string {
  if (time >= 99_950) return String(Math.round(time / 1000));
  if (time >= 9_995) return (time / 1000).toFixed(1);
  return (time / 1000).toFixed(time >= 1000 ? 2 : 3);
}

/** The block at the end. */
export function closingText(target: string, statistics: PingStatistics, withGaps: boolean): string {
  const { transmitted, received, duplicates, errors, firstSent, lastSent, times } = statistics;
  const parts = [`${transmitted} packets transmitted`, `${received} received`];
  if (duplicates > 0) parts.push(`+${duplicates} duplicates`);
  if (errors > 0) parts.push(`+${errors} errors`);
  if (transmitted > 0) {
    const loss = ((transmitted - received) * 100) / transmitted;
    parts.push(`${Number(loss.toPrecision(6))}% packet loss`);
    parts.push(`time ${Math.floor((lastSent - firstSent) / 1000)}ms`);
  }
  const figures: string[] = [];
  if (times.count > 0) {
    const mean = times.sum / times.count;
    const deviation = Math.sqrt(Math.max(0, times.squares / times.count - mean * mean));
    const all = [times.least, mean, times.most, deviation].map((time) =>
      (Math.floor(time) / 1000).toFixed(3),
    );
    figures.push(`rtt min/avg/max/mdev = ${all.join("/")} ms`);
  }
  const pipe = statistics.pipe > 1 ? `pipe ${statistics.pipe}` : "";
  if (pipe !== "") figures.push(pipe);
  if (withGaps && received > 0 && transmitted > 1) {
    const gap = (lastSent - firstSent) / (transmitted - 1) / 1000;
    figures.push(`ipg/ewma ${gap.toFixed(3)}/${(times.ewma / 8000).toFixed(3)} ms`);
  }
  return `\n--- ${target} ping statistics ---\n${parts.join(", ")}\n${figures.join(", ")}\n`;
}
