package io.jcri.daemon.cli.debug;

import io.jcri.daemon.admin.DebugMessages;
import io.jcri.daemon.admin.DebugMessages.Inside;
import io.jcri.daemon.admin.PullMessages;
import io.jcri.daemon.cli.kit.Ages;
import io.jcri.daemon.cli.kit.TextTable;
import io.jcri.daemon.log.CallState;
import io.jcri.daemon.log.LogLine;
import io.jcri.daemon.system.Sizes;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A dump for people: what one looks for first stands first. Not thread-safe. */
final class DumpText {
  private final StringBuilder text = new StringBuilder();

  private DumpText() {}

  static String of(Dump dump) {
    DumpText text = new DumpText();
    text.line("jcri debug dump, %s, by jcri %s".formatted(dump.at(), dump.version()));
    text.line(text.summary(dump));
    dump.inside().ifPresent(inside -> text.inside(inside, dump.at()));
    dump.threads().ifPresent(text::threads);
    text.outside(dump.outside());
    return text.text.toString();
  }

  private String summary(Dump dump) {
    String process =
        dump.outside()
            .daemon()
            .map(daemon -> "process %d, %s".formatted(daemon.pid(), daemon.state()))
            .orElse("no process has its folders");
    String answer =
        dump.silence()
            .filter(_ -> dump.inside().isEmpty())
            .map(why -> why + "; all below is from /proc, records and files")
            .orElse("it has answered" + dump.silence().map(why -> ", but: " + why).orElse(""));
    return "the daemon: %s; %s".formatted(process, answer);
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private void head(String head) {
    text.append('\n').append("== ").append(head).append('\n');
  }

  /** A part with its number of things; one line when there are none. */
  private void head(String head, Collection<?> things) {
    head(head + ": " + (things.isEmpty() ? "none" : things.size()));
  }

  private void table(TextTable table, Collection<?> rows) {
    if (!rows.isEmpty()) {
      table.lines().forEach(this::line);
    }
  }

  private void frames(List<String> stack) {
    stack.forEach(frame -> line("      " + frame));
  }

  // what the daemon itself has told

  private void inside(Inside inside, Instant now) {
    line(
        "what follows it has told itself: version %s, up for %s"
            .formatted(inside.version(), Ages.of(inside.since(), now)));
    if (!inside.missing().isEmpty()) {
      line("it could not tell in time: " + String.join(", ", inside.missing()));
    }
    head("calls in flight", inside.calls());
    inside.calls().forEach(this::call);
    head("locks that are held", inside.locks());
    inside.locks().forEach(this::lock);
    head("recent errors and warnings", inside.troubles());
    inside.troubles().forEach(this::trouble);
    head("recent slow calls", inside.slowCalls());
    inside.slowCalls().forEach(this::call);
    pulls(inside.pulls());
    shims(inside.shims());
    head("sessions of exec, attach and port-forward", inside.sessions());
    inside
        .sessions()
        .forEach(session ->
            line(
                "  %s in %s %s, for %s"
                    .formatted(
                        session.kind(),
                        session.name(),
                        session.target(),
                        Ages.of(session.since(), now))));
    head("who hears of events", inside.subscribers());
    inside.subscribers().forEach(name -> line("  " + name));
    memory(inside.memory());
  }

  private void call(CallState call) {
    line(
        "  call %s %s%s, since %s, for %s%s"
            .formatted(
                call.id(),
                call.method(),
                call.subject().isEmpty() ? "" : " of " + call.subject(),
                call.since(),
                seconds(call.millis()),
                call.stage().isEmpty() ? "" : ", at: " + call.stage()));
    if (!call.times().isEmpty()) {
      line("      " + call.times());
    }
    frames(call.stack());
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
  }

  private void lock(DebugMessages.Lock lock) {
    line(
        "  %s %s %s: held by %s"
            .formatted(lock.kind(), lock.name(), lock.id(), user(lock.holder())));
    lock.waiting().forEach(who -> line("    waits: " + user(who)));
    frames(lock.holder().stack());
  }

  private static String user(DebugMessages.LockUser who) {
    return who.call().map(id -> "call " + id + " ").orElse("")
        + who.what()
        + " for "
        + seconds(who.millis());
  }

  private void trouble(LogLine line) {
    line(
        "  %s %-5s %s: %s%s"
            .formatted(
                line.time(),
                line.level(),
                line.topic(),
                line.message(),
                line.call().map(id -> " call=" + id).orElse("")));
  }

  private void pulls(List<PullMessages.Row> pulls) {
    head("pulls", pulls);
    pulls.forEach(pull ->
        line(
            "  %s for %s since %s: %d of %d layers, %s of %s, %s/s"
                .formatted(
                    pull.reference(),
                    pull.by(),
                    pull.since(),
                    pull.layersDone(),
                    pull.layers(),
                    Sizes.of(pull.received()),
                    Sizes.of(pull.total()),
                    Sizes.of(pull.rate()))));
  }

  private void shims(List<DebugMessages.Shim> shims) {
    head("shims", shims);
    TextTable table = new TextTable("SHIM", "CONTAINER", "ID", "PROCESS", "CONNECTION");
    for (DebugMessages.Shim shim : shims) {
      table.add(
          Integer.toString(shim.pid()),
          shim.name(),
          shim.container(),
          shim.alive() ? "alive" : "dead",
          shim.connected() ? "there" : "none");
    }
    table(table, shims);
  }

  private void memory(DebugMessages.Memory memory) {
    head("memory");
    memory.process().forEach((kind, bytes) -> line("  %-32s %s".formatted(kind, Sizes.of(bytes))));
    memory.java().forEach((kind, bytes) -> line("  %-32s %s".formatted(kind, Sizes.of(bytes))));
  }

  private void threads(DebugMessages.Threads threads) {
    int virtual = threads.virtual().stream().mapToInt(DebugMessages.Doing::count).sum();
    head("threads: %d of the platform, %d virtual".formatted(threads.platform().size(), virtual));
    threads.virtual().forEach(doing -> doing(doing.count() + " virtual, such as ", doing));
    threads.platform().forEach(doing -> doing("", doing));
  }

  private void doing(String before, DebugMessages.Doing doing) {
    line("  %s\"%s\" %s".formatted(before, doing.name(), doing.state()).stripTrailing());
    frames(doing.stack());
  }

  // what can be had without it

  private void outside(Dump.Outside outside) {
    head("from /proc and the records in %s and %s".formatted(outside.root(), outside.state()));
    outside.problems().forEach(problem -> line("  not to be found out: " + problem));
    outside.daemon().ifPresent(this::process);
    head("pods by their records", outside.pods());
    TextTable pods = new TextTable("POD", "ID", "PHASE", "PAUSE", "ADDRESS", "CGROUP");
    for (Dump.Pod pod : outside.pods()) {
      pods.add(
          pod.name(),
          pod.id(),
          pod.phase(),
          named(pod.pause()),
          String.join(",", pod.ips()),
          pod.cgroup().orElse("-"));
    }
    table(pods, outside.pods());
    head("containers by their records", outside.containers());
    TextTable containers =
        new TextTable("CONTAINER", "POD", "ID", "PHASE", "SHIM", "SOCKET", "EXIT", "PID", "CGROUP");
    for (Dump.Container container : outside.containers()) {
      containers.add(
          container.name(),
          container.pod(),
          container.id(),
          container.phase(),
          named(container.shim()),
          container.socket() ? "there" : "-",
          container.exited() ? "noted" : "-",
          container.init().map(String::valueOf).orElse("-"),
          container.cgroup().orElse("-"));
    }
    table(containers, outside.containers());
    head("mounts", outside.mounts());
    outside.mounts().forEach(mount -> line("  " + mount));
    head("the end of its log, %s".formatted(outside.logPlace()));
    outside.log().forEach(line -> line("  " + line));
  }

  private static String named(Optional<Dump.Named> process) {
    return process.map(its -> its.pid() + (its.alive() ? " alive" : " dead")).orElse("-");
  }

  private void process(Dump.DaemonProcess process) {
    line("  process %d, %s: %s".formatted(process.pid(), process.state(), process.command()));
    line("  %d descriptors, cgroup %s".formatted(process.descriptors(), process.cgroup()));
    for (Map.Entry<String, String> entry : process.status().entrySet()) {
      line("  %s: %s".formatted(entry.getKey(), entry.getValue()));
    }
    head("its threads, as the kernel has them", process.threads());
    TextTable table = new TextTable("THREAD", "NAME", "STATE", "WAITS IN");
    for (Dump.Task task : process.threads()) {
      table.add(
          Integer.toString(task.id()),
          task.name(),
          task.state(),
          task.stack().isEmpty() ? task.wchan() : String.join(" < ", task.stack()));
    }
    table(table, process.threads());
    if (!process.java().isEmpty()) {
      head("its threads, as its Java runtime has them");
      process.java().forEach(this::line);
    }
  }
}
