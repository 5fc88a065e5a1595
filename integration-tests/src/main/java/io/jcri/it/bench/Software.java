package io.jcri.it.bench;

import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Layers that look like installed software to a decompressor and a file system: many small files,
 * some large ones, half text and half something like machine code. Packed to some 40 %.
 */
final class Software {
  private static final int POOL = 16 << 20;
  private static final int LARGE_FILE = 8 << 20;
  private static final int ONE_IN = 200;
  private static final int FILES_IN_FOLDER = 50;
  private static final int WORDS = 4000;

  private final SplittableRandom random;
  private final byte[] text = new byte[POOL];
  private final byte[] code = new byte[POOL];

  private Software(long seed) {
    random = new SplittableRandom(seed);
    fillText();
    fillCode();
  }

  /** Makes layers of that many bytes before compression, two at a time, in files of a folder. */
  static List<Layer> layers(Path folder, int count, long bytes, Layer.Compression compression)
      throws IOException {
    List<Future<Layer>> parts = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int i = 0; i < count; i++) {
        int number = i;
        parts.add(
            threads.submit(() ->
                Layer.inFile(
                    folder.resolve("layer" + number),
                    compression,
                    tar -> new Software(number).write(tar, "software" + number, bytes))));
      }
    }
    List<Layer> layers = new ArrayList<>();
    for (Future<Layer> part : parts) {
      try {
        layers.add(part.get());
      } catch (InterruptedException | ExecutionException e) {
        throw new IOException("a layer could not be made", e);
      }
    }
    return layers;
  }

  private void write(TarWriter tar, String root, long bytes) throws IOException {
    tar.add(TarEntry.directory(root, 0755));
    String directory = root;
    long left = bytes;
    for (int i = 0; left > 0; i++) {
      if (i % FILES_IN_FOLDER == 0) {
        directory = root + "/" + i;
        tar.add(TarEntry.directory(directory, 0755));
      }
      int size = (int) Math.min(left, size());
      boolean prose = random.nextBoolean();
      byte[] pool = prose ? text : code;
      int begin = random.nextInt(POOL - size + 1);
      tar.add(
          TarEntry.file(
              directory + "/" + i,
              prose ? 0644 : 0755,
              size,
              () -> new ByteArrayInputStream(pool, begin, size)));
      left -= size;
    }
  }

  /** From 1 to 512 KiB, each power of two as likely as the next; now and then a large one. */
  private int size() {
    return random.nextInt(ONE_IN) == 0
        ? LARGE_FILE
        : (int) (1024 * Math.pow(2, 9 * random.nextDouble()));
  }

  /** Words, the first of them far more often than the last. */
  private void fillText() {
    byte[][] words = new byte[WORDS][];
    for (int i = 0; i < WORDS; i++) {
      StringBuilder word = new StringBuilder();
      for (int length = random.nextInt(2, 11); length > 0; length--) {
        word.append((char) random.nextInt('a', 'z' + 1));
      }
      words[i] =
          word.append(i % 12 == 0 ? '\n' : ' ').toString().getBytes(StandardCharsets.US_ASCII);
    }
    for (int place = 0; place < POOL; ) {
      byte[] word = words[(int) (WORDS * Math.pow(random.nextDouble(), 3))];
      int count = Math.min(word.length, POOL - place);
      System.arraycopy(word, 0, text, place, count);
      place += count;
    }
  }

  /** Instructions of few kinds with operands that are mostly small, and tables of zeros. */
  private void fillCode() {
    for (int place = 0; place < POOL; place++) {
      code[place] =
          switch (place % 4) {
            case 0 -> (byte) (random.nextInt(6) * 37);
            case 1 -> (byte) random.nextInt(64);
            case 2 -> (byte) random.nextInt(256);
            default -> (byte) (random.nextInt(8) == 0 ? 0xff : 0);
          };
    }
  }
}
