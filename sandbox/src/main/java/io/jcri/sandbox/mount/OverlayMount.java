package io.jcri.sandbox.mount;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An overlay to mount.
 *
 * @param lowers the read-only layers, topmost first, 1 to 500 (the kernel's limit)
 * @param upper where changes go, or none for a tree that can only be read
 * @param volatileUpper whether the kernel may skip every sync of the upper layer: unmounting it is
 *     then quick, and after a power cut its content is not to be trusted
 * @param readOnly whether the mount can only be read, although it has an upper layer
 * @param userNamespace file of a user namespace: the layers' owners are ids as inside it and show
 *     up as the host's ids that it maps them to. The upper layer holds the host's ids; an upper
 *     directory of 0:0 is given the owner of the topmost layer's root
 * @param label of SELinux that all files show; only on a kernel that has it
 */
public record OverlayMount(
    List<Path> lowers,
    Optional<Upper> upper,
    boolean volatileUpper,
    boolean readOnly,
    Optional<Path> userNamespace,
    Optional<String> label) {

  /**
   * The writable part.
   *
   * @param directory the upper layer
   * @param work an empty directory for the kernel, on the same mount as the upper layer
   */
  public record Upper(Path directory, Path work) {}

  public OverlayMount {
    lowers = List.copyOf(lowers);
    if (lowers.isEmpty()) {
      throw new IllegalArgumentException("an overlay needs a layer");
    }
  }

  /** Layers that can only be read, topmost first. */
  public static OverlayMount ofLayers(List<Path> lowers) {
    return new OverlayMount(
        lowers, Optional.empty(), false, true, Optional.empty(), Optional.empty());
  }

  /** The same layers with a writable one on top. */
  public OverlayMount withUpper(Path directory, Path work, boolean volatileUpper) {
    return new OverlayMount(
        lowers,
        Optional.of(new Upper(directory, work)),
        volatileUpper,
        false,
        userNamespace,
        label);
  }

  /** The same, mounted so that it can only be read. */
  public OverlayMount asReadOnly() {
    return new OverlayMount(lowers, upper, volatileUpper, true, userNamespace, label);
  }

  /** The same, with owners mapped by a user namespace. */
  public OverlayMount idMapped(Path userNamespaceFile) {
    return new OverlayMount(
        lowers, upper, volatileUpper, readOnly, Optional.of(userNamespaceFile), label);
  }

  /** The same, with files that all show this label. */
  public OverlayMount labelled(String selinuxLabel) {
    return new OverlayMount(
        lowers, upper, volatileUpper, readOnly, userNamespace, Optional.of(selinuxLabel));
  }
}
