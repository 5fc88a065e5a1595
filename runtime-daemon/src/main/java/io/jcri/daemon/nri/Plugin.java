package io.jcri.daemon.nri;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.jcri.daemon.nri.ttrpc.Peer;
import io.jcri.daemon.nri.ttrpc.TtrpcException;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.Event;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A registered plugin. Thread-safe.
 *
 * @param index two digits, which decide the order in which plugins are asked
 * @param base the name without them
 * @param events bit n-1 is event n
 * @param old events of which it hears by StateChange, since it has no method of their own for them
 */
record Plugin(Peer peer, String index, String base, int events, Duration timeout, Set<Event> old) {
  private static final String SERVICE = "nri.pkg.api.v1alpha1.Plugin";

  /** Events 1 to 14. */
  static final int ALL_EVENTS = (1 << 14) - 1;

  private static final Map<Event, String> METHODS =
      Map.ofEntries(
          Map.entry(Event.RUN_POD_SANDBOX, "RunPodSandbox"),
          Map.entry(Event.UPDATE_POD_SANDBOX, "UpdatePodSandbox"),
          Map.entry(Event.POST_UPDATE_POD_SANDBOX, "PostUpdatePodSandbox"),
          Map.entry(Event.STOP_POD_SANDBOX, "StopPodSandbox"),
          Map.entry(Event.REMOVE_POD_SANDBOX, "RemovePodSandbox"),
          Map.entry(Event.CREATE_CONTAINER, "CreateContainer"),
          Map.entry(Event.POST_CREATE_CONTAINER, "PostCreateContainer"),
          Map.entry(Event.START_CONTAINER, "StartContainer"),
          Map.entry(Event.POST_START_CONTAINER, "PostStartContainer"),
          Map.entry(Event.UPDATE_CONTAINER, "UpdateContainer"),
          Map.entry(Event.POST_UPDATE_CONTAINER, "PostUpdateContainer"),
          Map.entry(Event.STOP_CONTAINER, "StopContainer"),
          Map.entry(Event.REMOVE_CONTAINER, "RemoveContainer"),
          Map.entry(Event.VALIDATE_CONTAINER_ADJUSTMENT, "ValidateContainerAdjustment"));

  Plugin(Peer peer, String index, String base, int events, Duration timeout) {
    this(peer, index, base, events, timeout, ConcurrentHashMap.newKeySet());
  }

  /** As NRI's logs and errors have it: {@code 10-device-injector}. */
  String name() {
    return index + "-" + base;
  }

  static String method(Event event) {
    @Nullable String method = METHODS.get(event);
    if (method == null) {
      throw new IllegalArgumentException("no method for " + event);
    }
    return method;
  }

  boolean wants(Event event) {
    return (events >> (event.getNumber() - 1) & 1) == 1;
  }

  /** Asks for an answer. A plugin without the method has nothing to say. */
  <T extends MessageLite> T ask(Event event, MessageLite request, Parser<T> answer)
      throws TtrpcException {
    try {
      return call(peer, method(event), request, answer, timeout);
    } catch (TtrpcException e) {
      if (e.code() == TtrpcException.UNIMPLEMENTED) {
        try {
          return answer.parseFrom(new byte[0]);
        } catch (InvalidProtocolBufferException impossible) {
          throw new IllegalStateException(impossible);
        }
      }
      throw e;
    }
  }

  /** Tells of an event that has no answer, in the way that the plugin understands. */
  void tell(NriApi.StateChangeEvent event) throws TtrpcException {
    Event kind = event.getEvent();
    if (!old.contains(kind)) {
      // The requests of all these events are a pod in field 1 and a container in field 2.
      NriApi.PostStartContainerRequest.Builder request =
          NriApi.PostStartContainerRequest.newBuilder().setPod(event.getPod());
      if (event.hasContainer()) {
        request.setContainer(event.getContainer());
      }
      try {
        NriApi.Empty _ = call(peer, method(kind), request.build(), NriApi.Empty.parser(), timeout);
        return;
      } catch (TtrpcException e) {
        if (e.code() != TtrpcException.UNIMPLEMENTED) {
          throw e;
        }
        old.add(kind);
      }
    }
    NriApi.Empty _ = call(peer, "StateChange", event, NriApi.Empty.parser(), timeout);
  }

  static <T extends MessageLite> T call(
      Peer peer, String method, MessageLite request, Parser<T> answer, Duration timeout)
      throws TtrpcException {
    byte[] payload = peer.call(SERVICE, method, request.toByteArray(), timeout);
    try {
      return answer.parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      throw TtrpcException.answered(
          TtrpcException.UNKNOWN, "its answer to " + method + " can't be read: " + e.getMessage());
    }
  }
}
