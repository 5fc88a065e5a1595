package io.jcri.daemon.nri.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.budget.SharedBudget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageReaderTest {
  private static final Message FIRST =
      new Message(1, Message.REQUEST, (byte) 0, ByteString.copyFromUtf8("first"));
  private static final Message EMPTY = new Message(3, Message.RESPONSE, (byte) 0, ByteString.EMPTY);
  private static final Message LARGE =
      new Message(
          5, Message.RESPONSE, (byte) 0, ByteString.copyFrom(new byte[Message.MAX_DATA_BYTES]));

  @Test
  void messagesComeOutWhereverTheyAreCut() throws IOException {
    ByteBuffer stream = ByteBuffer.allocate(100);
    stream.put(FIRST.encode()).put(EMPTY.encode()).put(FIRST.encode()).flip();
    for (int step = 1; step <= stream.limit(); step++) {
      MessageReader reader = new MessageReader(new SharedBudget(Bound.NRI_MESSAGES));
      List<Message> read = new ArrayList<>();
      for (int at = 0; at < stream.limit(); at += step) {
        read.addAll(reader.take(stream.slice(at, Math.min(step, stream.limit() - at))));
      }
      assertThat(read).as("pieces of %d", step).containsExactly(FIRST, EMPTY, FIRST);
    }
  }

  @Test
  void theLargestMessageIsRead() throws IOException {
    assertThat(
            new MessageReader(new SharedBudget(Bound.NRI_MESSAGES))
                .take(ByteBuffer.wrap(LARGE.encode())))
        .containsExactly(LARGE);
  }

  @Test
  void aLargerOneIsRefusedByItsHeaderAlone() {
    for (int length : new int[] {Message.MAX_DATA_BYTES + 1, Integer.MAX_VALUE, -1}) {
      ByteBuffer header = ByteBuffer.allocate(Message.HEADER_BYTES).putInt(length).rewind();
      assertThatThrownBy(() -> new MessageReader(new SharedBudget(Bound.NRI_MESSAGES)).take(header))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(Integer.toUnsignedString(length));
    }
  }

  @Test
  void halfOfALargeMessageIsHeldForAllUntilItIsReadOrGivenUp() throws IOException {
    SharedBudget budget = new SharedBudget(Bound.NRI_MESSAGES);
    byte[] large = LARGE.encode();
    try (MessageReader given = new MessageReader(budget);
        MessageReader read = new MessageReader(budget)) {
      assertThat(given.take(ByteBuffer.wrap(large, 0, large.length / 2))).isEmpty();
      assertThat(read.take(ByteBuffer.wrap(large, 0, large.length / 2))).isEmpty();
      assertThat(budget.free()).isLessThanOrEqualTo(Bound.NRI_MESSAGES.limit() - large.length);
      int half = large.length / 2;
      assertThat(read.take(ByteBuffer.wrap(large, half, large.length - half))).hasSize(1);
    }
    assertThat(budget.free()).isEqualTo(Bound.NRI_MESSAGES.limit());
  }
}
