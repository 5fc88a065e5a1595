package io.jcri.oci.spec;

/** {@link ContainerProcess} to {@code process}, which is also the whole file of an exec. */
final class ProcessJson {

  private ProcessJson() {}

  static JsonObject of(ContainerProcess process) {
    Scheduling scheduling = process.scheduling().orElse(Scheduling.NONE);
    JsonObject json =
        new JsonObject()
            .putIfTrue("terminal", process.terminal())
            .put("user", user(process.user()))
            .put("args", process.args())
            .put("env", process.env())
            .put("cwd", process.cwd())
            .put("capabilities", capabilities(process.capabilities()))
            .put("rlimits", process.rlimits(), ProcessJson::rlimit)
            .putIfTrue("noNewPrivileges", process.noNewPrivileges())
            .put("apparmorProfile", process.apparmorProfile())
            .put("oomScoreAdj", process.oomScoreAdj())
            .put("selinuxLabel", process.selinuxLabel());
    scheduling.cpu().ifPresent(cpu -> json.put("scheduler", scheduler(cpu)));
    scheduling
        .io()
        .ifPresent(io ->
            json.put(
                "ioPriority",
                new JsonObject().put("class", io.type()).put("priority", io.priority())));
    return json;
  }

  private static JsonObject scheduler(Scheduling.Cpu cpu) {
    JsonObject json = new JsonObject().put("policy", cpu.policy());
    if (cpu.nice() != 0) {
      json.put("nice", cpu.nice());
    }
    if (cpu.priority() != 0) {
      json.put("priority", cpu.priority());
    }
    json.put("flags", cpu.flags());
    putUnlessZero(json, "runtime", cpu.runtime());
    putUnlessZero(json, "deadline", cpu.deadline());
    putUnlessZero(json, "period", cpu.period());
    return json;
  }

  private static void putUnlessZero(JsonObject json, String key, long value) {
    if (value != 0) {
      json.put(key, SpecWriter.unsigned(value));
    }
  }

  private static JsonObject user(ProcessUser user) {
    return new JsonObject()
        .put("uid", user.uid())
        .put("gid", user.gid())
        .put("umask", user.umask())
        .put("additionalGids", user.additionalGids());
  }

  /**
   * Written even when every set is empty: an absent object means "as the runtime process has them",
   * which would hand a container that dropped ALL everything.
   */
  private static Object capabilities(CapabilitySet set) {
    return new JsonObject()
        .put("bounding", set.bounding())
        .put("effective", set.effective())
        .put("permitted", set.permitted())
        .put("inheritable", set.inheritable())
        .put("ambient", set.ambient())
        .fields();
  }

  /** -1 is written as the u64 that it stands for. */
  private static JsonObject rlimit(Rlimit rlimit) {
    return new JsonObject()
        .put("type", rlimit.type())
        .put("hard", SpecWriter.unsigned(rlimit.hard()))
        .put("soft", SpecWriter.unsigned(rlimit.soft()));
  }
}
