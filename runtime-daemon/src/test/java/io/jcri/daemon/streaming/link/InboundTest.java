package io.jcri.daemon.streaming.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InboundTest {
  private static final int MESSAGE = 32 * 1024;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Inbound inbound = new Inbound(new ClientConnection(channel));

  private static ByteBuf bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Unpooled.wrappedBuffer(bytes);
  }

  /** Of any sizes, in any order of coming and reading. */
  @Test
  void whatCameIsReadInOrder() throws IOException {
    Random random = new Random(815);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    byte[] buffer = new byte[50_000];
    for (int i = 0; i < 2000; i++) {
      if (sent.size() == got.size() || random.nextInt(3) == 0) {
        ByteBuf message = bytes(random, 1 + random.nextInt(20_000));
        message.markReaderIndex();
        message.readBytes(sent, message.readableBytes());
        inbound.offer(message.resetReaderIndex());
      } else {
        int count = inbound.read(buffer, 0, 1 + random.nextInt(buffer.length));
        got.write(buffer, 0, count);
      }
    }
    inbound.end();
    got.write(inbound.readAllBytes());
    assertThat(got.toByteArray()).isEqualTo(sent.toByteArray());
    assertThat(inbound.read()).isEqualTo(-1);
  }

  @Test
  void theConnectionIsNotReadWhileMuchWaits() throws IOException {
    ByteBuf message = Unpooled.wrappedBuffer(new byte[MESSAGE]);
    while (channel.config().isAutoRead()) {
      inbound.offer(message.duplicate());
    }
    assertThat(inbound.readNBytes(MESSAGE / 2)).hasSize(MESSAGE / 2);
    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(inbound.readNBytes(MESSAGE / 2)).hasSize(MESSAGE / 2);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void closingLetsTheConnectionGoOn() throws IOException {
    ByteBuf message = Unpooled.wrappedBuffer(new byte[MESSAGE]);
    while (channel.config().isAutoRead()) {
      inbound.offer(message.duplicate());
    }
    inbound.close();
    assertThat(channel.config().isAutoRead()).isTrue();
    inbound.offer(message.duplicate());
    assertThat(inbound.read()).isEqualTo(-1);
  }

  /** As when {@code kubectl cp} sends a large file. */
  @Test
  void muchInputLeavesLittleGarbage() throws IOException {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    ByteBuf message = Unpooled.wrappedBuffer(new byte[MESSAGE]);
    byte[] buffer = new byte[MESSAGE];
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 3200; i++) {
      while (channel.config().isAutoRead()) {
        inbound.offer(message.setIndex(0, MESSAGE));
        inbound.offer(message.setIndex(0, MESSAGE - 1));
      }
      for (int left = 2 * MESSAGE - 1; left > 0; ) {
        left -= inbound.read(buffer, 0, buffer.length);
      }
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(5 << 20);
  }

  /** A byte on each takes 4 KiB. */
  @Test
  void manyStreamsOfManySessionsShareTheRoomToo() {
    List<EmbeddedChannel> channels = new ArrayList<>();
    try {
      while (channels.isEmpty() || channels.getLast().isOpen()) {
        EmbeddedChannel next = new EmbeddedChannel();
        channels.add(next);
        ClientConnection connection = new ClientConnection(next);
        next.pipeline().addLast(connection);
        for (int i = 0; i < 512; i++) {
          new Inbound(connection).offer(Unpooled.wrappedBuffer(new byte[1]));
        }
        next.runPendingTasks();
      }
      assertThat(channels).hasSize(9); // eight times 2 MiB less 64 KiB is below 16 MiB
    } finally {
      channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }
  }

  /** As WebSocket messages may be; what waits of others is theirs until they are gone. */
  @Test
  void largeMessagesFindRoomForAllSessionsTogether() throws IOException {
    List<EmbeddedChannel> channels = new ArrayList<>();
    try {
      ByteBuf message = Unpooled.wrappedBuffer(new byte[1 << 20]);
      int sessions = 0;
      while (channels.isEmpty() || channels.getLast().isOpen()) {
        EmbeddedChannel next = new EmbeddedChannel();
        channels.add(next);
        ClientConnection connection = new ClientConnection(next);
        next.pipeline().addLast(connection);
        new Inbound(connection).offer(message.duplicate());
        next.runPendingTasks();
        sessions++;
      }
      assertThat(sessions).isEqualTo(18); // 17 times a mebibyte less 64 KiB is below 16 MiB
      assertThat(channels.getFirst().isOpen()).isTrue();
    } finally {
      channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }
    inbound.offer(Unpooled.wrappedBuffer(new byte[1 << 20]));
    assertThat(channel.isOpen()).isTrue();
    assertThat(inbound.readNBytes(1 << 20)).hasSize(1 << 20);
  }
}
