package io.jcri.shim;

/** A process in the container and the streams of its client. */
public final class ExecStreams extends SessionStreams {
  ExecStreams(ShimConnection control, DescriptorReceiver.Streams streams, long id) {
    super(control, streams, id);
  }

  /**
   * Waits until the process has ended and its output lies in the streams; for one thread.
   *
   * @return its exit code, 128 + signal when a signal ended it
   * @throws ShimException LOST when the shim or this session ended before
   */
  public int waitFor() throws ShimException {
    return (int) control().receiveOk(ShimConnection.FOREVER).number(Wire.TAG_EXIT_CODE);
  }
}
