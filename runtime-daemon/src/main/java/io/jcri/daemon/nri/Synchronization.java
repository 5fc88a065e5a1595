package io.jcri.daemon.nri;

import com.google.protobuf.MessageLite;
import io.jcri.daemon.nri.ttrpc.Peer;
import io.jcri.daemon.nri.ttrpc.TtrpcException;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.SynchronizeRequest;
import io.jcri.nri.v1alpha1.NriApi.SynchronizeResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Tells a new plugin of all there is, in as many messages as that takes. */
final class Synchronization {
  /** Around each object in a message: its field's number and its length. */
  private static final int FIELD_BYTES = 8;

  private Synchronization() {}

  /**
   * Tells the plugin.
   *
   * @param timeout for each message
   * @return what it wants updated
   * @throws TtrpcException also when there is more than one message and the plugin does not
   *     understand that
   */
  static List<NriApi.ContainerUpdate> run(
      Plugin plugin,
      List<NriApi.PodSandbox> pods,
      List<NriApi.Container> containers,
      Duration timeout)
      throws TtrpcException {
    List<SynchronizeRequest> parts = split(pods, containers, Peer.maxPayloadBytes());
    List<NriApi.ContainerUpdate> updates = List.of();
    for (SynchronizeRequest part : parts) {
      SynchronizeResponse reply =
          Plugin.call(plugin.peer(), "Synchronize", part, SynchronizeResponse.parser(), timeout);
      if (part.getMore() && (!reply.getMore() || reply.getUpdateCount() > 0)) {
        throw TtrpcException.answered(
            TtrpcException.UNIMPLEMENTED,
            "it can't be told of %d pods and %d containers in %d messages"
                .formatted(pods.size(), containers.size(), parts.size()));
      }
      updates = reply.getUpdateList();
    }
    return updates;
  }

  /** Messages not larger than that, unless a single object is; all but the last announce more. */
  static List<SynchronizeRequest> split(
      List<NriApi.PodSandbox> pods, List<NriApi.Container> containers, int maxBytes) {
    List<SynchronizeRequest> parts = new ArrayList<>();
    SynchronizeRequest.Builder part = SynchronizeRequest.newBuilder();
    int size = FIELD_BYTES;
    for (NriApi.PodSandbox pod : pods) {
      if (size > FIELD_BYTES && size + size(pod) > maxBytes) {
        parts.add(part.setMore(true).build());
        part = SynchronizeRequest.newBuilder();
        size = FIELD_BYTES;
      }
      part.addPods(pod);
      size += size(pod);
    }
    for (NriApi.Container container : containers) {
      if (size > FIELD_BYTES && size + size(container) > maxBytes) {
        parts.add(part.setMore(true).build());
        part = SynchronizeRequest.newBuilder();
        size = FIELD_BYTES;
      }
      part.addContainers(container);
      size += size(container);
    }
    parts.add(part.build());
    return parts;
  }

  private static int size(MessageLite message) {
    return message.getSerializedSize() + FIELD_BYTES;
  }
}
