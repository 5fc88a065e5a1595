package io.jcri.oci.spec;

import io.jcri.oci.PlacedJson;
import io.jcri.oci.PlacedJson.Placed;
import java.util.List;
import java.util.Optional;

/**
 * A process of a container: its first one, or one that is executed later. Its capabilities are
 * written even when every set is empty: an absent object means "as the runtime process has them",
 * which would hand a container that dropped ALL everything.
 *
 * @param args argv; the program is looked up in the PATH of {@code env}
 * @param env {@code KEY=value} each
 * @param cwd absolute, in the container
 * @param apparmorProfile a profile that is loaded in the kernel
 * @param selinuxLabel {@code user:role:type:level}
 * @param oomScoreAdj -1000 to 1000; empty leaves the daemon's
 * @param scheduling empty is {@link Scheduling#NONE}
 */
public record ContainerProcess(
    @Placed(sparse = true) boolean terminal,
    ProcessUser user,
    List<String> args,
    List<String> env,
    String cwd,
    CapabilitySet capabilities,
    List<Rlimit> rlimits,
    @Placed(sparse = true) boolean noNewPrivileges,
    Optional<String> apparmorProfile,
    Optional<Integer> oomScoreAdj,
    Optional<String> selinuxLabel,
    @Placed(PlacedJson.AMONG) Optional<Scheduling> scheduling) {

  public ContainerProcess {
    args = List.copyOf(args);
    env = List.copyOf(env);
    rlimits = List.copyOf(rlimits);
  }

  /** A root process in {@code /} with no capability at all, to be refined by the withers. */
  public static ContainerProcess of(List<String> args) {
    return new ContainerProcess(
        false,
        ProcessUser.ROOT,
        args,
        List.of(),
        "/",
        CapabilitySet.NONE,
        List.of(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * The process that an exec into this container runs: same user, environment and confinement,
   * other command and terminal.
   */
  public ContainerProcess exec(List<String> command, boolean withTerminal) {
    return toBuilder().args(command).terminal(withTerminal).build();
  }

  /** The same with a umask of its own, if there is one. */
  public ContainerProcess withUmask(Optional<Integer> umask) {
    if (umask.isEmpty()) {
      return this;
    }
    return toBuilder()
        .user(new ProcessUser(user.uid(), user.gid(), umask, user.additionalGids()))
        .build();
  }

  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Changes some components; not thread-safe. */
  public static final class Builder {
    private List<String> args;
    private List<String> env;
    private String cwd;
    private ProcessUser user;
    private CapabilitySet capabilities;
    private boolean noNewPrivileges;
    private Optional<String> apparmorProfile;
    private Optional<String> selinuxLabel;
    private Optional<Integer> oomScoreAdj;
    private List<Rlimit> rlimits;
    private boolean terminal;
    private Optional<Scheduling> scheduling;

    private Builder(ContainerProcess from) {
      this.args = from.args;
      this.env = from.env;
      this.cwd = from.cwd;
      this.user = from.user;
      this.capabilities = from.capabilities;
      this.noNewPrivileges = from.noNewPrivileges;
      this.apparmorProfile = from.apparmorProfile;
      this.selinuxLabel = from.selinuxLabel;
      this.oomScoreAdj = from.oomScoreAdj;
      this.rlimits = from.rlimits;
      this.terminal = from.terminal;
      this.scheduling = from.scheduling;
    }

    public Builder args(List<String> value) {
      args = value;
      return this;
    }

    public Builder env(List<String> value) {
      env = value;
      return this;
    }

    /** An empty path means {@code /}, as images and CRI leave it out. */
    public Builder cwd(String value) {
      cwd = value.isEmpty() ? "/" : value;
      return this;
    }

    public Builder user(ProcessUser value) {
      user = value;
      return this;
    }

    public Builder capabilities(CapabilitySet value) {
      capabilities = value;
      return this;
    }

    public Builder noNewPrivileges(boolean value) {
      noNewPrivileges = value;
      return this;
    }

    public Builder apparmorProfile(String value) {
      apparmorProfile = Optional.of(value);
      return this;
    }

    public Builder selinuxLabel(String value) {
      selinuxLabel = Optional.of(value);
      return this;
    }

    public Builder oomScoreAdj(int value) {
      oomScoreAdj = Optional.of(value);
      return this;
    }

    public Builder rlimits(List<Rlimit> value) {
      rlimits = value;
      return this;
    }

    public Builder terminal(boolean value) {
      terminal = value;
      return this;
    }

    public Builder scheduling(Scheduling value) {
      scheduling = Optional.of(value);
      return this;
    }

    public ContainerProcess build() {
      return new ContainerProcess(
          terminal,
          user,
          args,
          env,
          cwd,
          capabilities,
          rlimits,
          noNewPrivileges,
          apparmorProfile,
          oomScoreAdj,
          selinuxLabel,
          scheduling);
    }
  }
}
