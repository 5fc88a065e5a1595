package io.jcri.shim;

/**
 * The container's own streams, as one of its clients sees them. A client that does not read loses
 * output, told by a line {@code [jcri: N bytes dropped]}; it never slows the container. The streams
 * end with the container.
 */
public final class AttachStreams extends SessionStreams {
  AttachStreams(ShimConnection control, DescriptorReceiver.Streams streams, long id) {
    super(control, streams, id);
  }
}
