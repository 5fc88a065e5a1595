package io.jcri.daemon.log;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The names of the pods and containers whose ids are in a text. Whoever logs tells the id, which is
 * at hand everywhere, in errors and in modules that know no names; the name is added when the line
 * is written.
 *
 * <p>Thread-safe.
 */
public final class LogNames {
  private static final int ID_LENGTH = 64;

  /** Of objects that have just gone there are still lines to come. */
  private static final int REMEMBERED = 256;

  private static final Map<String, Named> RECENT =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Named> eldest) {
          return size() > REMEMBERED;
        }
      };

  private static volatile Function<String, Optional<Named>> source = id -> Optional.empty();

  private LogNames() {}

  /**
   * A pod, or a container of it.
   *
   * @param container its name, empty for the pod itself
   */
  public record Named(String namespace, String pod, String podId, Optional<String> container) {
    /** Such as {@code default/web} or {@code default/web/nginx}. */
    @Override
    public String toString() {
      return pod() + container.map(name -> "/" + name).orElse("");
    }

    /** The pod with its namespace. */
    @Override
    public String pod() {
      return namespace + "/" + pod;
    }

    /** The pod without its namespace. */
    public String podAlone() {
      return pod;
    }
  }

  /**
   * An id in a text.
   *
   * @param at where it begins
   */
  public record Mention(int at, String id, Named named) {}

  /**
   * Names the objects of this daemon.
   *
   * @param byId must take no lock: it is asked by whoever logs
   */
  public static void from(Function<String, Optional<Named>> byId) {
    source = byId;
  }

  /** Remembers an object's name for a while after nobody knows it any more. */
  public static void remember(String id) {
    Optional<Named> _ = of(id);
  }

  /** Such as {@code default/web/nginx}; empty when nobody knows the id. */
  public static String nameOf(String id) {
    return of(id).map(Named::toString).orElse("");
  }

  static Optional<Named> of(String id) {
    Optional<Named> known = source.apply(id);
    synchronized (RECENT) {
      if (known.isPresent()) {
        RECENT.put(id, known.get());
        return known;
      }
      return Optional.ofNullable(RECENT.get(id));
    }
  }

  /** The first id of a pod or container in a text. */
  public static Optional<Mention> first(String text) {
    return in(text).stream().findFirst();
  }

  /** All ids of pods and containers in a text, each where it comes first. */
  static List<Mention> in(String text) {
    List<Mention> mentions = new ArrayList<>(2);
    int begin = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i < text.length() && isWord(text.charAt(i))) {
        continue;
      }
      if (i - begin == ID_LENGTH) {
        String id = text.substring(begin, i);
        if (mentions.stream().noneMatch(mention -> mention.id().equals(id))) {
          @Nullable Named named = of(id).orElse(null);
          if (named != null) {
            mentions.add(new Mention(begin, id, named));
          }
        }
      }
      begin = i + 1;
    }
    return mentions;
  }

  private static boolean isWord(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /**
   * A text with the name before each id that is a word of its own. An id in a path stays as it is,
   * since the path must be one that can be used; its name then comes at the end.
   */
  static String named(String text, List<Mention> mentions) {
    if (mentions.isEmpty()) {
      return text;
    }
    StringBuilder line = new StringBuilder(text);
    StringBuilder rest = new StringBuilder();
    for (int i = mentions.size() - 1; i >= 0; i--) {
      Mention mention = mentions.get(i);
      String name = mention.named().toString();
      if (text.contains(name)) {
        continue;
      }
      if (isPart(text, mention.at(), mention.at() + ID_LENGTH)) {
        rest.insert(0, " [" + name + "]");
      } else {
        line.insert(mention.at(), name + " ");
      }
    }
    return line.append(rest).toString();
  }

  private static boolean isPart(String text, int begin, int end) {
    boolean before = begin > 0 && "/-_.\"".indexOf(text.charAt(begin - 1)) >= 0;
    boolean after = end < text.length() && "/-_\"".indexOf(text.charAt(end)) >= 0;
    // and not the full stop of a sentence
    boolean suffix =
        end + 1 < text.length() && text.charAt(end) == '.' && isWord(text.charAt(end + 1));
    return before || after || suffix;
  }
}
