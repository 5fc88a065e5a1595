package io.jcri.oci.cdi;

import io.jcri.oci.OciException;
import io.jcri.oci.runtime.HostDevices;
import io.jcri.oci.spec.DeviceNode;
import io.jcri.oci.spec.ProcessUser;
import java.nio.file.Path;
import java.util.Optional;

/** Fills in what a specification file leaves to the host's device node. */
final class CdiNodes {
  private CdiNodes() {}

  /**
   * The node for config.json. A file may say type and number itself, for a node that the host does
   * not have; what it leaves out is the host's, and the owner is who the container runs as.
   *
   * @throws OciException FAILED_PRECONDITION when the host's node is needed and not there
   */
  static DeviceNode resolve(CdiSpec.Node node, ProcessUser user) {
    Optional<DeviceNode> host = HostDevices.find(Path.of(node.onHost()), node.path());
    boolean complete = node.type().equals("p") || (!node.type().isEmpty() && node.major() != 0);
    String type = node.type();
    long major = node.major();
    long minor = node.minor();
    if (!complete) {
      DeviceNode found =
          host.orElseThrow(() -> refused("device " + node.onHost() + " is not on this node"));
      if (!type.isEmpty() && !found.type().equals(type.equals("u") ? "c" : type)) {
        throw refused(
            "device %s is of type %s and not %s".formatted(node.onHost(), found.type(), type));
      }
      type = type.isEmpty() ? found.type() : type;
      major = found.major();
      minor = found.minor();
    }
    return new DeviceNode(
        node.path(),
        type,
        major,
        minor,
        node.fileMode().or(() -> host.flatMap(DeviceNode::fileMode)),
        node.uid().or(() -> Optional.of(user.uid()).filter(uid -> uid > 0)),
        node.gid().or(() -> Optional.of(user.gid()).filter(gid -> gid > 0)));
  }

  private static OciException refused(String what) {
    return new OciException(OciException.Kind.FAILED_PRECONDITION, what);
  }
}
