package io.jcri.daemon.streaming;

import io.jcri.daemon.streaming.request.StreamRequest;
import io.jcri.daemon.streaming.request.StreamRequest.PortForward;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one HTTP request of a connection: redeems its token, agrees on a protocol, and hands the
 * connection over. What is refused is told in words, and the connection closed.
 */
final class RequestGate extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger log = LoggerFactory.getLogger(RequestGate.class);

  private static final int PATIENCE_SECONDS = 10;

  private final Tokens tokens;
  private final SessionStarter starter;
  private final OpenSessions sessions;

  /**
   * A gate for one connection.
   *
   * @param sessions those of all connections
   */
  RequestGate(Tokens tokens, SessionStarter starter, OpenSessions sessions) {
    this.tokens = tokens;
    this.starter = starter;
    this.sessions = sessions;
  }

  /** Whoever connects and says nothing holds a descriptor of the daemon, but not for long. */
  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    var _ =
        context
            .executor()
            .schedule(() -> closeIfStillHere(context), PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static void closeIfStillHere(ChannelHandlerContext context) {
    if (!context.isRemoved()) {
      var _ = context.close();
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (!request.decoderResult().isSuccess()) {
      refuse(context, HttpResponseStatus.BAD_REQUEST, "malformed request");
      return;
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.POST)) {
      refuse(context, HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET and POST are served");
      return;
    }
    Optional<StreamRequest> promised = promised(request.uri());
    if (promised.isEmpty()) {
      refuse(
          context,
          HttpResponseStatus.NOT_FOUND,
          "no such request: a URL is good once, for a minute");
      return;
    }
    if (!sessions.tryEnter()) {
      refuse(context, HttpResponseStatus.SERVICE_UNAVAILABLE, "too many sessions");
      return;
    }
    OpenSessions.Entry session = sessions.begin(promised.get());
    context.channel().closeFuture().addListener(_ -> sessions.leave(session));
    connect(context, request, promised.get());
  }

  /** A token spoken to the wrong path is used up like any other. */
  private Optional<StreamRequest> promised(String uri) {
    String[] parts = uri.split("[?#]", 2)[0].split("/", -1);
    if (parts.length != 3 || !parts[0].isEmpty()) {
      return Optional.empty();
    }
    return tokens.redeem(parts[2]).filter(request -> request.kind().equals(parts[1]));
  }

  private void connect(
      ChannelHandlerContext context, FullHttpRequest http, StreamRequest promised) {
    HttpHeaders headers = http.headers();
    String upgrade = headers.get(HttpHeaderNames.UPGRADE, "").toLowerCase(Locale.ROOT);
    if (!headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
      refuse(
          context, HttpResponseStatus.BAD_REQUEST, "unable to upgrade: this is no upgrade request");
    } else if (upgrade.equals("websocket")) {
      List<String> offered = list(headers, HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
      if (!starter.webSocket(context, http, promised, offered)) {
        refuse(
            context,
            HttpResponseStatus.FORBIDDEN,
            "unable to upgrade: none of the subprotocols %s is served".formatted(offered));
      }
    } else if (upgrade.contains("spdy/3.1")) {
      List<String> offered = list(headers, Upgrade.PROTOCOL_HEADER);
      if (!starter.spdy(context, promised, offered)) {
        refuseProtocols(context, promised, offered);
      }
    } else {
      refuse(context, HttpResponseStatus.BAD_REQUEST, "unable to upgrade to " + upgrade);
    }
  }

  private static List<String> list(HttpHeaders headers, CharSequence name) {
    return headers.getAll(name).stream()
        .flatMap(line -> List.of(line.split(",", -1)).stream())
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .toList();
  }

  private static void refuseProtocols(
      ChannelHandlerContext context, StreamRequest promised, List<String> offered) {
    boolean none = offered.isEmpty();
    FullHttpResponse response =
        response(
            none ? HttpResponseStatus.BAD_REQUEST : HttpResponseStatus.FORBIDDEN,
            none
                ? "unable to upgrade: no header " + Upgrade.PROTOCOL_HEADER
                : "unable to upgrade: none of the protocols %s is served".formatted(offered));
    response
        .headers()
        .set(
            "X-Accepted-Stream-Protocol-Versions",
            SessionStarter.spdyProtocols(promised instanceof PortForward));
    send(context, response);
  }

  private static void refuse(ChannelHandlerContext context, HttpResponseStatus status, String why) {
    send(context, response(status, why));
  }

  private static FullHttpResponse response(HttpResponseStatus status, String why) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            status,
            Unpooled.copiedBuffer(why + "\n", StandardCharsets.UTF_8));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
        .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
    return response;
  }

  private static void send(ChannelHandlerContext context, FullHttpResponse response) {
    log.debug("{} is answered {}", context.channel().remoteAddress(), response.status());
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof WebSocketHandshakeException) { // it has no key, say
      refuse(context, HttpResponseStatus.BAD_REQUEST, "unable to upgrade: " + cause.getMessage());
      return;
    }
    log.debug("{} is cut: {}", context.channel().remoteAddress(), cause.getMessage());
    var _ = context.close();
  }
}
