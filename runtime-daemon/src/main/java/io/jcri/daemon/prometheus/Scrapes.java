package io.jcri.daemon.prometheus;

import io.jcri.daemon.system.HeapGuard;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The requests of one connection, which may be used for many. */
final class Scrapes extends SimpleChannelInboundHandler<FullHttpRequest> {
  static final String PATH = "/metrics";

  private static final Logger log = LoggerFactory.getLogger(Scrapes.class);

  /** Until the next request is there as a whole; Prometheus asks once a minute at the least. */
  private static final int PATIENCE_SECONDS = 90;

  private static final String TEXT = "text/plain; charset=utf-8";

  private final Figures figures;
  private @Nullable Future<?> cut; // the network thread's

  Scrapes(Figures figures) {
    this.figures = figures;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    await(context);
  }

  /** Who sends byte by byte has no more time than who sends nothing. */
  private void await(ChannelHandlerContext context) {
    cut = context.executor().schedule(() -> close(context), PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static void close(ChannelHandlerContext context) {
    var _ = context.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    cancel();
  }

  private void cancel() {
    Future<?> waiting = cut;
    if (waiting != null) {
      waiting.cancel(false);
      cut = null;
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    cancel();
    FullHttpResponse response = answer(request);
    HttpUtil.setContentLength(response, response.content().readableBytes());
    boolean more = request.decoderResult().isSuccess() && HttpUtil.isKeepAlive(request);
    HttpUtil.setKeepAlive(response, more);
    var sent = context.writeAndFlush(response);
    if (more) {
      await(context);
    } else {
      sent.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private FullHttpResponse answer(FullHttpRequest request) {
    if (!request.decoderResult().isSuccess()) {
      return text(HttpResponseStatus.BAD_REQUEST, "malformed request");
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      return text(HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET and HEAD are served");
    }
    if (!request.uri().split("[?#]", 2)[0].equals(PATH)) {
      return text(HttpResponseStatus.NOT_FOUND, "metrics are at " + PATH);
    }
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream(64 * 1024);
      String type = figures.write(request.headers().get(HttpHeaderNames.ACCEPT), out);
      return response(HttpResponseStatus.OK, type, Unpooled.wrappedBuffer(out.toByteArray()));
    } catch (IOException | RuntimeException e) {
      log.warn("metrics could not be told", e);
      return text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "metrics could not be told");
    }
  }

  private static FullHttpResponse text(HttpResponseStatus status, String text) {
    return response(status, TEXT, Unpooled.copiedBuffer(text + "\n", StandardCharsets.UTF_8));
  }

  private static FullHttpResponse response(HttpResponseStatus status, String type, ByteBuf body) {
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    return response;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
    if (failure instanceof OutOfMemoryError) {
      HeapGuard.callFailed("a scrape of metrics");
    } else {
      log.debug("a connection of who scrapes metrics ends", failure);
    }
    close(context);
  }
}
