package io.jcri.daemon.core;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The one owner of every path below the daemon's root (kept over reboots) and state (gone with
 * them) directories; nobody else joins strings.
 *
 * <pre>
 * /var/lib/jcri/             root
 *   lock                     locked by the daemon at work; another in state
 *   image/                   image store: content, layers, snapshots, records (io.jcri.oci)
 *   pods/&lt;id&gt;.json           pod records
 *   containers/&lt;id&gt;.json     container records
 *   checkpoints/&lt;id&gt;/        of a running container: a checkpoint in the making;
 *                            of a created one: what its start restores
 * /run/jcri/                 state
 *   jcri.sock                CRI
 *   admin.sock               what CRI has no call for (io.jcri.daemon.admin)
 *   pulls.sock               what the pull worker connects to (io.jcri.daemon.pull)
 *   pods/&lt;id&gt;/               pinned namespaces, shm, hosts, hostname, resolv.conf;
 *                            container/, of the sandbox container where there is one
 *   paused/&lt;id&gt;              of a container that a checkpoint has paused
 *   restoring/&lt;id&gt;           pod that is being restored
 *   containers/&lt;id&gt;/         bundle/config.json, shim.sock, exit, shim's files
 *   events                   what subscribers have been told of
 *   roots/&lt;id&gt;/fs             root file system of a container in a user namespace
 *   runtime/&lt;handler&gt;/       the OCI runtime's own state
 *   leases/&lt;network&gt;/        addresses of pods in the network that jcri makes
 * </pre>
 *
 * @param root what must survive a reboot, {@code /var/lib/jcri} by default
 * @param state what ends with the machine, {@code /run/jcri} by default
 * @param images the image store, by default the folder of that name in root
 */
public record Layout(Path root, Path state, Path images) {

  /** With the image store in root. */
  public Layout(Path root, Path state) {
    this(root, state, root.resolve("image"));
  }

  /** What a daemon locks for as long as it runs, see {@code FolderLock}. */
  public List<Path> locks() {
    return Stream.of(root, state, images.startsWith(root) ? root : images)
        .distinct()
        .map(folder -> folder.resolve("lock"))
        .toList();
  }

  public Path podRecords() {
    return root.resolve("pods");
  }

  public Path containerRecords() {
    return root.resolve("containers");
  }

  /** Where the pull worker connects to. */
  public Path pullSocket() {
    return state.resolve("pulls.sock");
  }

  public Path adminSocket() {
    return state.resolve("admin.sock");
  }

  public Path pods() {
    return state.resolve("pods");
  }

  /** The pod's own directory: pins, shm and the files that its containers share. */
  public Path pod(String id) {
    return pods().resolve(id);
  }

  /** Of the pod's sandbox container, if it has one: bundle, shim's files, exit record. */
  public Path podContainer(String id) {
    return pod(id).resolve("container");
  }

  /** Where the sandbox helper pins the pod's network namespace. */
  public Path podNetworkNamespace(String id) {
    return pod(id).resolve("ns").resolve("net");
  }

  public Path podHosts(String id) {
    return pod(id).resolve("hosts");
  }

  public Path podHostname(String id) {
    return pod(id).resolve("hostname");
  }

  public Path podResolvConf(String id) {
    return pod(id).resolve("resolv.conf");
  }

  public Path containers() {
    return state.resolve("containers");
  }

  /** The container's own directory, which is also the shim's state directory. */
  public Path container(String id) {
    return containers().resolve(id);
  }

  public Path bundle(String id) {
    return container(id).resolve("bundle");
  }

  public Path exitRecord(String id) {
    return container(id).resolve("exit");
  }

  /** Which others may pass through, but not list. */
  public Path userRoots() {
    return state.resolve("roots");
  }

  /**
   * Where the root file system of a container in a user namespace is mounted, in {@code fs}: the
   * namespace's root owns it and must reach it, nobody else may.
   */
  public Path userRoot(String id) {
    return userRoots().resolve(id);
  }

  /** The root directory of an OCI runtime's own state, one per handler. */
  public Path runtimeState(String handler) {
    return state.resolve("runtime").resolve(handler);
  }

  /** What addresses pods have in the network that jcri makes. */
  public Path leases() {
    return state.resolve("leases");
  }

  /** The note of which events were told. */
  public Path toldEvents() {
    return state.resolve("events");
  }

  public Path checkpoints() {
    return root.resolve("checkpoints");
  }

  /** A container's checkpoint: one in the making, or the one that its start continues from. */
  public Path checkpoint(String id) {
    return checkpoints().resolve(id);
  }

  /** CRIU's images in a directory as {@link #checkpoint} names one. */
  public static Path checkpointImages(Path checkpoint) {
    return checkpoint.resolve("checkpoint");
  }

  /** A file for each container that must not stay paused if the daemon dies. */
  public Path paused() {
    return state.resolve("paused");
  }

  /** A file for each pod that must go if the daemon dies. */
  public Path restoring() {
    return state.resolve("restoring");
  }

  public Path temporary() {
    return state.resolve("tmp");
  }
}
