package io.jcri.oci.runtime;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.oci.spec.IdMapping;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns the host directories and files that a container asks for into mounts. Thread-safe. */
public final class BindMounts {
  /** CRI's {@code MountPropagation}. */
  public enum Propagation {
    /** What is mounted later on either side stays there. */
    PRIVATE("rprivate"),
    /** What the host mounts later shows up in the container. */
    HOST_TO_CONTAINER("rslave"),
    /** And what the container mounts shows up on the host. */
    BIDIRECTIONAL("rshared");

    private final String option;

    Propagation(String option) {
      this.option = option;
    }

    private boolean possibleOn(io.jcri.sandbox.mount.Propagation host) {
      return switch (this) {
        case PRIVATE -> true;
        case HOST_TO_CONTAINER ->
            host == io.jcri.sandbox.mount.Propagation.SHARED
                || host == io.jcri.sandbox.mount.Propagation.SLAVE;
        case BIDIRECTIONAL -> host == io.jcri.sandbox.mount.Propagation.SHARED;
      };
    }
  }

  /**
   * A CRI mount.
   *
   * @param hostPath links are followed; a directory is made when nothing is there
   * @param containerPath where it goes
   * @param recursiveReadOnly the mounts below it as well; needs {@code readOnly} and PRIVATE
   * @param uidMappings with gidMappings: the mount is id-mapped
   */
  public record Request(
      Path hostPath,
      String containerPath,
      boolean readOnly,
      boolean recursiveReadOnly,
      Propagation propagation,
      List<IdMapping> uidMappings,
      List<IdMapping> gidMappings) {
    public Request {
      uidMappings = List.copyOf(uidMappings);
      gidMappings = List.copyOf(gidMappings);
    }
  }

  private final Mounts mounts;

  public BindMounts(Mounts mounts) {
    this.mounts = mounts;
  }

  /**
   * The mount for config.json of a request that was {@link #check checked}. Makes the host path
   * when nothing is there.
   *
   * @throws OciException INVALID when nothing can be made there, FAILED_PRECONDITION when the
   *     host's mount does not propagate as asked; never silently less than asked
   */
  public ContainerMount resolve(Request request) {
    try {
      Path source = existing(request.hostPath());
      Propagation wish = request.propagation();
      if (wish != Propagation.PRIVATE && !wish.possibleOn(mounts.propagationOf(source))) {
        throw new OciException(
            Kind.FAILED_PRECONDITION,
            "cannot mount "
                + request.hostPath()
                + " with propagation "
                + wish
                + ": it is on a mount of the host that is not "
                + (wish == Propagation.BIDIRECTIONAL ? "shared" : "shared or slave"));
      }
      String access = request.recursiveReadOnly() ? "rro" : request.readOnly() ? "ro" : "rw";
      return ContainerMount.of(
              request.containerPath(), "bind", source.toString(), "rbind", wish.option, access)
          .withIdMappings(request.uidMappings(), request.gidMappings());
    } catch (IOException e) {
      throw OciException.ofIo("cannot mount " + request.hostPath(), e);
    }
  }

  /**
   * What the root file system's propagation must be, so that the mounts can keep theirs; empty when
   * the runtime's default will do.
   */
  public static Optional<String> rootfsPropagation(List<ContainerMount> mounts) {
    List<String> options = new ArrayList<>();
    mounts.forEach(mount -> options.addAll(mount.options()));
    if (options.contains(Propagation.BIDIRECTIONAL.option)) {
      return Optional.of(Propagation.BIDIRECTIONAL.option);
    }
    return options.contains(Propagation.HOST_TO_CONTAINER.option)
        ? Optional.of(Propagation.HOST_TO_CONTAINER.option)
        : Optional.empty();
  }

  /** Whether a runtime with these features makes mounts recursively read-only. */
  public static boolean recursiveReadOnly(RuntimeFeatures features) {
    return features.recursiveReadOnlyMounts();
  }

  /**
   * Refuses what can't be done whatever there is on the host.
   *
   * @param features of the runtime that is to make the mount, as far as the kernel has them
   * @throws OciException INVALID when the request contradicts itself, FAILED_PRECONDITION when the
   *     runtime cannot do what is asked
   */
  public static void check(Request request, RuntimeFeatures features) {
    if (!request.hostPath().isAbsolute()) {
      throw new OciException(
          Kind.INVALID, "host path " + request.hostPath() + " of a mount is not absolute");
    }
    if (request.recursiveReadOnly()) {
      if (!request.readOnly() || request.propagation() != Propagation.PRIVATE) {
        throw new OciException(
            Kind.INVALID,
            "recursive read-only mount "
                + request.containerPath()
                + " must be read-only and have private propagation");
      }
      if (!recursiveReadOnly(features)) {
        throw cannot("mount " + request.containerPath() + " recursively read-only");
      }
    }
    boolean mapped = !request.uidMappings().isEmpty() || !request.gidMappings().isEmpty();
    if (mapped && !features.idmappedMounts()) {
      throw cannot("id-map the mount " + request.containerPath());
    }
  }

  private static OciException cannot(String what) {
    return new OciException(Kind.FAILED_PRECONDITION, "the runtime cannot " + what);
  }

  /** As Docker did and kubelets rely on: a missing host path becomes a directory. */
  private static Path existing(Path path) throws IOException {
    if (!Files.exists(path)) {
      try {
        Files.createDirectories(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      } catch (FileAlreadyExistsException e) {
        throw new OciException(
            Kind.INVALID, "host path " + path + " leads through a file or a dangling link", e);
      }
    }
    return path.toRealPath();
  }
}
