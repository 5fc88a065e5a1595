package io.jcri.daemon.budget;

import io.jcri.cni.CniLimits;
import io.jcri.oci.cdi.CdiLimits;
import io.jcri.oci.distribution.RegistryLimits;
import io.jcri.oci.file.VolumeLimits;
import io.jcri.oci.image.ImageLimits;
import io.jcri.oci.inflate.WindowRoom;
import io.jcri.oci.layer.LayerLimits;
import io.jcri.oci.signature.SignatureLimits;

/**
 * Whatever a pod, an image, a registry, a plugin or a client can make grow in the daemon: how far,
 * and what happens then. The heap is small on purpose ({@code -Xmx128m}), and each of them is a
 * part of it; should several be reached at once, the call that finds no room fails.
 *
 * <p>ARCHITECTURE.md has the same list for people; a test holds the two together.
 */
public enum Bound {
  /** All ExecSync calls together, both streams. The shim keeps what does not fit, or cuts it. */
  EXEC_SYNC_OUTPUT(
      "a container's probes",
      32 << 20,
      "waits in the shim, then is cut with a mark; 16 Ki of each call are not counted"),

  /** Each of a pod's name, namespace and uid: CNI plugins are told of them in one variable. */
  POD_NAME("who names a pod", 1024, "the pod is refused"),

  /** The path of a pod's cgroup below each hierarchy, as systemd nests it. */
  CGROUP_PARENT("who names a pod's cgroup", 2048, "the pod is refused"),

  /** Volumes that the image of one container declares: how many. */
  DECLARED_VOLUMES("an image", VolumeLimits.MAX_VOLUMES, "the container is refused"),

  /** What the image has in them, but for holes, copied for each container. */
  DECLARED_VOLUME_BYTES("an image", VolumeLimits.MAX_BYTES, "the container is refused"),

  /** The same: how many files. */
  DECLARED_VOLUME_FILES("an image", VolumeLimits.MAX_ENTRIES, "the container is refused"),

  /** What an image has, but for holes, where a handler's containers get a copy of it. */
  COPIED_ROOT_BYTES("an image", VolumeLimits.MAX_ROOT_BYTES, "the container is refused"),

  /** The same: how many files. */
  COPIED_ROOT_FILES("an image", VolumeLimits.MAX_ROOT_ENTRIES, "the container is refused"),

  /** One layer, as tar and unpacked, with what its hard links copy from the layers below. */
  LAYER_BYTES("an image", LayerLimits.MAX_BYTES, "the image is refused"),

  /** The files, links and directories of a layer's archive. */
  LAYER_ENTRIES("an image", LayerLimits.MAX_ENTRIES, "the image is refused"),

  /** Those whose names are kept until the layers below are there, in characters. */
  LAYER_NAMES("an image", LayerLimits.MAX_NAMES, "the image is refused"),

  /** The environment, entry point and command of an image. */
  IMAGE_PROCESS("an image", ImageLimits.PROCESS_BYTES, "the image is refused"),

  /** Each is a mount of each container of the image. */
  IMAGE_VOLUMES_COUNT("an image", ImageLimits.VOLUMES, "the image is refused"),

  /** An image's labels; they are read from its record when asked for. */
  IMAGE_LABELS("an image", ImageLimits.LABEL_BYTES, "the image is refused"),

  /** An image's own config. */
  IMAGE_CONFIG(
      "an image",
      ImageLimits.CONFIG_BYTES,
      "the image is refused; a record of an older version is not listed, and can be removed"),

  /** Tags and digests of one image. */
  IMAGE_NAMES_COUNT("who pulls or loads", ImageLimits.NAMES, "the pull or load is refused"),

  /** Different images of one archive. */
  ARCHIVE_IMAGES_COUNT("an archive", ImageLimits.ARCHIVE_IMAGES, "the archive is refused"),

  /** Names and layers of all images, which lists are made of. */
  IMAGE_CATALOG(
      "who pulls or loads",
      ImageLimits.CATALOG_BYTES,
      "the pull or load is refused until images are removed"),

  /** Manifests, indexes and configs above 64 KiB, of all pulls together and of all readers. */
  IMAGE_DOCUMENTS(
      "images and registries",
      ImageLimits.DOCUMENTS_AT_ONCE,
      "waits, after a minute the pull fails and may be tried again"),

  /** What is read of the signatures of one image that is pulled. */
  IMAGE_SIGNATURES("registries", SignatureLimits.ALL_BYTES, "the image is refused"),

  /** What waits for its turn in the pull worker, of large blobs that come slowly. */
  PIECES_OF_BLOBS("registries", RegistryLimits.PIECES_AT_ONCE, "a blob comes over one connection"),

  /**
   * Outside the heap: how far back the content of zstd layers refers, where that is more than 8
   * MiB. A layer counts with what it can fill.
   */
  ZSTD_WINDOWS(
      "images",
      WindowRoom.BYTES,
      "waits its turn; one of more than half of the node's memory is refused"),

  /** One request of CRI. It is what the kubelet and containerd have. */
  REQUEST("a client", 16 << 20, "RESOURCE_EXHAUSTED"),

  /**
   * The requests of all calls in progress, as they come over the wire. What has not come as a whole
   * is not counted: it lies outside of the heap, in no more than {@code -XX:MaxDirectMemorySize}.
   */
  ALL_REQUESTS("clients", 24 << 20, "RESOURCE_EXHAUSTED; of 64 Mi in parts the connection is cut"),

  /** What they take in memory, by an estimate: one of many small parts is much more there. */
  DECODED_REQUESTS("clients", 32 << 20, "RESOURCE_EXHAUSTED"),

  /** The calls in progress, streams too. */
  CALLS("clients", 2048, "RESOURCE_EXHAUSTED"),

  /** Connections to the CRI socket. */
  CONNECTIONS("clients", 1024, "the connection is closed"),

  /** Of one connection. */
  CALLS_OF_A_CONNECTION("a client", 512, "the client's next call waits in the client"),

  /** The lists that are put together at a time. */
  LISTS_AT_A_TIME("clients", 4, "the call waits its turn"),

  /** The same of stats and metrics, which may have to walk writable layers first. */
  STATS_AT_A_TIME("clients", 4, "the call waits its turn"),

  /** The replies that clients have not read yet. */
  ALL_REPLIES("clients", 24 << 20, "waits for 10 s, then RESOURCE_EXHAUSTED"),

  /** The record of one pod or container: annotations, labels, environment, mounts. */
  RECORD(
      "a pod's author",
      4 << 20,
      "RESOURCE_EXHAUSTED; one twice as large is not read, and its object is UNKNOWN"),

  /** The records of all pods, and again of all containers. */
  ALL_RECORDS("pods' authors", 16 << 20, "RESOURCE_EXHAUSTED for what is new"),

  /** One file of CRIU's or ours in a checkpoint that is read. */
  CHECKPOINT_METADATA("a checkpoint", 1 << 20, "INVALID_ARGUMENT"),

  /** What a CNI plugin prints. */
  CNI_OUTPUT("a CNI plugin", CniLimits.PLUGIN_OUTPUT, "it is killed and the call fails"),

  /** A CNI configuration, or an entry of CNI's result cache. */
  CNI_FILE("the node's operator", CniLimits.FILE, "the file is left out, and Status says so"),

  /** A file that declares devices. */
  CDI_FILE(
      "a vendor", CdiLimits.FILE, "the file is left out and named when its device is asked for"),

  /** All of them. */
  ALL_CDI_FILES("vendors", CdiLimits.ALL_FILES, "as for one"),

  /** One message of an NRI plugin, or to it. */
  NRI_MESSAGE("an NRI plugin", 4 << 20, "the plugin is disconnected"),

  /** What the large ones of all plugins take, half read or worked on. */
  NRI_MESSAGES(
      "NRI plugins",
      16 << 20,
      "a call is told RESOURCE_EXHAUSTED; whose message finds no room for 5 s is disconnected"),

  /** The plugin's calls in progress. */
  NRI_CALLS("an NRI plugin", 16, "RESOURCE_EXHAUSTED"),

  /** Connected plugins, and again what has connected and may become one. */
  NRI_PLUGINS("whoever may open nri.sock", 64, "the connection is closed"),

  /** Calls on the admin socket at a time. */
  ADMIN_CALLS("the node's operator", 16, "the call fails"),

  /** Who hears of events at the same time. */
  EVENT_SUBSCRIBERS("clients", 64, "RESOURCE_EXHAUSTED"),

  /** The events that wait for a subscriber. */
  EVENTS_OF_A_SUBSCRIBER("a slow client", 1024, "its stream ends with RESOURCE_EXHAUSTED"),

  /** The labels and annotations in them: events share those, yet each is counted. */
  EVENT_BYTES_OF_A_SUBSCRIBER(
      "pods' authors", 16 << 20, "the same; without a subscriber the oldest are forgotten"),

  /** The note of the last daemon of what subscribers were told. */
  TOLD_EVENTS("the last daemon", 32 << 20, "it is not read: events may be told again"),

  /** URLs of Exec, Attach and PortForward that nobody has used yet. */
  STREAMING_TOKENS("clients", 1000, "RESOURCE_EXHAUSTED"),

  /** Connections to the streaming server. */
  STREAMING_CONNECTIONS("clients", 1000, "the connection is closed"),

  /** Of them, those that stream. */
  STREAMING_SESSIONS("clients", 400, "503"),

  /** What all sessions' streams hold of input, but for 64 KiB of each session. */
  STREAMING_INPUT("clients", 16 << 20, "the session that sends the next is cut"),

  /** Connections of those who scrape the daemon's metrics. */
  METRICS_CONNECTIONS("who reaches metrics.address", 16, "the connection is closed"),

  /** Connections that are forwarded to pods. */
  FORWARDS("clients", 400, "the client is told so on the error stream"),

  /** Spans that wait to be sent to a receiver of traces. */
  TRACE_SPANS("clients, where there are traces", 2048, "the span is dropped and counted");

  private final String who;
  private final long limit;
  private final String answer;

  Bound(String who, long limit, String answer) {
    this.who = who;
    this.limit = limit;
    this.answer = answer;
  }

  /** Who can make it grow. */
  public String who() {
    return who;
  }

  /** How far: bytes, unless the constant's name says what is counted. */
  public long limit() {
    return limit;
  }

  /** What happens when it is reached, for people. */
  public String answer() {
    return answer;
  }
}
