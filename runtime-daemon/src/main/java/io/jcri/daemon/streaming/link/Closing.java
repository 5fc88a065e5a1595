package io.jcri.daemon.streaming.link;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * An orderly end. A socket that is closed while bytes of the client lie unread in it is reset, and
 * the reset overtakes what the client has not read yet: the exit code, most often. So only our half
 * is closed, the rest of the client's is thrown away, and the socket closed when the client closes
 * it, or a while after the goodbye has left us. Until then the client has all the time it wants: a
 * pager that reads a screenful a minute shall see the last one, too.
 */
final class Closing {
  private static final int PATIENCE_SECONDS = 5;

  private final Channel channel;
  private final AtomicBoolean begun = new AtomicBoolean();

  Closing(Channel channel) {
    this.channel = channel;
  }

  boolean begun() {
    return begun.get();
  }

  /** Says goodbye after all else, then closes our half. Only the first call counts. */
  void begin(Supplier<ChannelFuture> goodbye) {
    if (!begun.compareAndSet(false, true)) {
      return;
    }
    channel.config().setAutoRead(true);
    goodbye
        .get()
        .addListener(
            (ChannelFutureListener)
                sent -> {
                  if (sent.isSuccess()) {
                    closeOurHalf();
                    closeSoon();
                  } else {
                    close();
                  }
                });
  }

  /** Closes after a while, whether or not what was sent has left us. */
  void closeSoon() {
    var _ = channel.eventLoop().schedule(this::close, PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void close() {
    var _ = channel.close();
  }

  private void closeOurHalf() {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      var _ = tls.closeOutbound();
    } else if (channel instanceof DuplexChannel duplex) {
      var _ = duplex.shutdownOutput();
    }
  }
}
