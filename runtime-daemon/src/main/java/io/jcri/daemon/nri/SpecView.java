package io.jcri.daemon.nri;

import io.jcri.oci.Json;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parts of a config.json that plugins are told of. The file is read because it is the only
 * whole account of a container that outlives the daemon.
 */
record SpecView(
    Optional<InitProcess> process,
    List<Mount> mounts,
    Optional<Hooks> hooks,
    Map<String, String> annotations,
    Optional<Linux> linux) {

  record InitProcess(
      List<String> args,
      List<String> env,
      List<Rlimit> rlimits,
      Optional<Long> oomScoreAdj,
      Optional<User> user,
      Optional<Scheduler> scheduler,
      Optional<IoPriority> ioPriority) {}

  record User(long uid, long gid, List<Long> additionalGids) {}

  record Rlimit(String type, BigInteger hard, BigInteger soft) {}

  record Scheduler(
      String policy,
      int nice,
      int priority,
      List<String> flags,
      long runtime,
      long deadline,
      long period) {}

  record IoPriority(@Json.Name("class") String type, int priority) {}

  record Mount(
      String destination, Optional<String> type, Optional<String> source, List<String> options) {}

  record Hooks(
      List<Hook> prestart,
      List<Hook> createRuntime,
      List<Hook> createContainer,
      List<Hook> startContainer,
      List<Hook> poststart,
      List<Hook> poststop) {}

  record Hook(String path, List<String> args, List<String> env, Optional<Long> timeout) {}

  record Linux(
      List<Namespace> namespaces,
      List<Device> devices,
      Optional<Resources> resources,
      Optional<String> cgroupsPath,
      Map<String, String> sysctl,
      Map<String, NetDevice> netDevices,
      Optional<Rdt> intelRdt) {}

  record Namespace(String type, Optional<String> path) {}

  record Device(
      String path,
      String type,
      long major,
      long minor,
      Optional<Integer> fileMode,
      Optional<Long> uid,
      Optional<Long> gid) {}

  record NetDevice(Optional<String> name) {}

  record Rdt(
      @Json.Name("closID") Optional<String> closId,
      List<String> schemata,
      boolean enableMonitoring) {}

  record Resources(
      Optional<Memory> memory,
      Optional<Cpu> cpu,
      Optional<Pids> pids,
      List<Pages> hugepageLimits,
      Map<String, String> unified,
      List<Rule> devices) {}

  record Memory(
      Optional<Long> limit,
      Optional<Long> reservation,
      Optional<Long> swap,
      Optional<Long> swappiness,
      @Json.Name("disableOOMKiller") Optional<Boolean> disableOomKiller) {}

  record Cpu(
      Optional<Long> shares,
      Optional<Long> quota,
      Optional<Long> period,
      Optional<Long> realtimeRuntime,
      Optional<Long> realtimePeriod,
      Optional<String> cpus,
      Optional<String> mems) {}

  record Pids(Optional<Long> limit) {}

  record Pages(String pageSize, long limit) {}

  record Rule(
      boolean allow,
      Optional<String> type,
      Optional<Long> major,
      Optional<Long> minor,
      Optional<String> access) {}

  static SpecView read(byte[] configJson) {
    return Json.parse(configJson, SpecView.class);
  }
}
