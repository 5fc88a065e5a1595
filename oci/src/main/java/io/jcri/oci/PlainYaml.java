package io.jcri.oci;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;
import org.snakeyaml.engine.v2.schema.Schema;

/**
 * YAML of which every scalar stays the text that it is; its reader gives it the type that is
 * wanted. Aliases are bounded by the parser, size by who reads the file, depth here: the parser
 * calls itself for each level. The same key twice is an error, and so is a key that is no scalar
 * and what is part of itself.
 */
public final class PlainYaml implements Schema {
  private static final JsonSchema PLAIN = new JsonSchema();

  /** Of lists and maps in each other; what files may have takes seven. */
  private static final int MAX_DEPTH = 64;

  private PlainYaml() {}

  /**
   * Reads a document into maps, lists and strings; null when it is empty.
   *
   * @throws OciException INVALID
   */
  public static @Nullable Object parse(String text) {
    try {
      LoadSettings settings = LoadSettings.builder().setSchema(new PlainYaml()).build();
      requirePlain(new Parse(settings).parseString(text));
      return new Load(settings).loadFromString(text);
    } catch (YamlEngineException e) {
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new OciException(OciException.Kind.INVALID, "is not YAML: " + message, e);
    }
  }

  /** A collection that has begun; of a mapping, every second child is a key. */
  private static final class Open {
    private final Optional<Anchor> anchor;
    private final boolean mapping;
    private boolean afterKey;

    Open(CollectionStartEvent start) {
      this.anchor = start.getAnchor();
      this.mapping = start instanceof MappingStartEvent;
    }

    /** Whether the next child is a key. */
    boolean takesKey() {
      afterKey = !afterKey;
      return mapping && afterKey;
    }
  }

  /** Whoever reads the document may go through all of it, and print its keys. */
  private static void requirePlain(Iterable<Event> events) {
    Deque<Open> open = new ArrayDeque<>();
    for (Event event : events) {
      if (event instanceof CollectionEndEvent) {
        Open _ = open.pop();
        continue;
      }
      boolean key = event instanceof NodeEvent && !open.isEmpty() && open.element().takesKey();
      if (key && !(event instanceof ScalarEvent)) {
        throw invalid("has a key that is no text");
      }
      if (event instanceof AliasEvent alias
          && open.stream().anyMatch(one -> one.anchor.equals(Optional.of(alias.getAlias())))) {
        throw invalid("has something that is part of itself: *" + alias.getAlias());
      }
      if (event instanceof CollectionStartEvent start) {
        open.push(new Open(start));
        if (open.size() > MAX_DEPTH) {
          throw invalid("is nested deeper than " + MAX_DEPTH + " levels");
        }
      }
    }
  }

  private static OciException invalid(String why) {
    return new OciException(OciException.Kind.INVALID, why);
  }

  @Override
  public ScalarResolver getScalarResolver() {
    return (_, _) -> Tag.STR;
  }

  @Override
  public Map<Tag, ConstructNode> getSchemaTagConstructors() {
    return PLAIN.getSchemaTagConstructors();
  }
}
