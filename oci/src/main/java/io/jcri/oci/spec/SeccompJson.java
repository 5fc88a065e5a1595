package io.jcri.oci.spec;

/** {@link SeccompProfile} to {@code linux.seccomp}. */
final class SeccompJson {
  private static final int EPERM = 1;

  private SeccompJson() {}

  /** EPERM is what runtimes use anyway, and saying so would need a newer specification. */
  static boolean writesDefaultErrno(SeccompProfile profile) {
    return profile.defaultErrno().filter(errno -> errno != EPERM).isPresent();
  }

  static JsonObject of(SeccompProfile profile) {
    JsonObject json = new JsonObject().put("defaultAction", profile.defaultAction());
    if (writesDefaultErrno(profile)) {
      json.put("defaultErrnoRet", profile.defaultErrno());
    }
    return json.put("architectures", profile.architectures())
        .put("flags", profile.flags())
        .put("listenerPath", profile.listenerPath())
        .put("listenerMetadata", profile.listenerMetadata())
        .put("syscalls", profile.syscalls(), SeccompJson::rule);
  }

  private static JsonObject rule(SeccompProfile.Rule rule) {
    return new JsonObject()
        .put("names", rule.names())
        .put("action", rule.action())
        .put("errnoRet", rule.errno())
        .put("args", rule.args(), SeccompJson::argument);
  }

  private static JsonObject argument(SeccompProfile.Argument argument) {
    JsonObject json =
        new JsonObject().put("index", argument.index()).put("value", argument.value());
    if (argument.valueTwo().signum() != 0) {
      json.put("valueTwo", argument.valueTwo());
    }
    return json.put("op", argument.op());
  }
}
