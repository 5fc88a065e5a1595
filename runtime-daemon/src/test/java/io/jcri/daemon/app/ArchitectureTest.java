package io.jcri.daemon.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Which package may know which, in all modules that the daemon is made of. {@code may-import.txt}
 * is the whole of it: a line for each package, with those that it uses.
 */
class ArchitectureTest {
  private static final String ROOT = "io.jcri.";
  private static final String CRI = "io.jcri.cri..";
  private static final String NRI = "io.jcri.nri..";
  private static final String SANDBOX = "io.jcri.sandbox..";
  private static final String OCI = "io.jcri.oci..";
  private static final String SHIM = "io.jcri.shim..";
  private static final String CNI = "io.jcri.cni..";
  private static final String DAEMON = "io.jcri.daemon..";

  /**
   * Main code of this module and of those below it, but for the contracts: those are generated, in
   * a module that has none of the others on its class path.
   */
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-"))
          .withImportOption(location -> !location.contains("/io/jcri/cri/"))
          .withImportOption(location -> !location.contains("/io/jcri/nri/"))
          .withImportOption(location -> !location.contains("/io/jcri/otlp/"))
          .importPackages("io.jcri");

  @Test
  void noPackagesFormACircle() {
    slices().matching(ROOT + "(**)").should().beFreeOfCycles().check(CLASSES);
  }

  /** One who needs another import adds it to the table, and sees there what that adds up to. */
  @Test
  void eachPackageImportsWhatTheTableSays() throws IOException {
    assertThat(imports()).isEqualTo(table());
  }

  private static Map<String, Set<String>> imports() {
    Map<String, Set<String>> imports = new TreeMap<>();
    for (JavaClass one : CLASSES) {
      Set<String> own = imports.computeIfAbsent(brief(one.getPackageName()), _ -> new TreeSet<>());
      used(one)
          .map(JavaClass::getPackageName)
          .filter(used -> used.startsWith(ROOT) && !used.equals(one.getPackageName()))
          .map(ArchitectureTest::brief)
          .forEach(own::add);
    }
    return imports;
  }

  private static Stream<JavaClass> used(JavaClass one) {
    return one.getDirectDependenciesFromSelf().stream()
        .map(Dependency::getTargetClass)
        .map(JavaClass::getBaseComponentType);
  }

  private static String brief(String name) {
    return name.substring(ROOT.length());
  }

  private static Map<String, Set<String>> table() throws IOException {
    Map<String, Set<String>> table = new TreeMap<>();
    try (InputStream in =
        Objects.requireNonNull(ArchitectureTest.class.getResourceAsStream("may-import.txt"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.replaceAll("\\n +", " ").lines().toList()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] words = line.strip().split("[: ]+");
          table.put(words[0], new TreeSet<>(List.of(words).subList(1, words.length)));
        }
      }
    }
    return table;
  }

  @Test
  void modulesKnowThoseBelowThem() {
    forbid(SANDBOX, CRI, NRI, OCI, SHIM, CNI, DAEMON);
    forbid(OCI, CRI, NRI, SHIM, CNI, DAEMON, "io.jcri.sandbox");
    forbid(SHIM, CRI, NRI, OCI, CNI, DAEMON, "io.jcri.sandbox");
    forbid(CNI, CRI, NRI, OCI, SHIM, DAEMON, "io.jcri.sandbox");
  }

  @Test
  void nobodyKnowsTheRoof() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.jcri.daemon.app..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.jcri.daemon.app..")
        .check(CLASSES);
  }

  @Test
  void onlyTheDaemonSpeaksGrpc() {
    forbid(SANDBOX, "io.grpc..", "com.google.protobuf..", "io.netty..");
    forbid(OCI, "io.grpc..", "com.google.protobuf..", "io.netty..");
    forbid(SHIM, "io.grpc..", "com.google.protobuf..", "io.netty..");
    forbid(CNI, "io.grpc..", "com.google.protobuf..", "io.netty..");
  }

  @Test
  void contractMessagesStayAtTheEdge() {
    noClasses()
        .that()
        .resideInAPackage(DAEMON)
        .and()
        .resideOutsideOfPackages("io.jcri.daemon.cri..", "io.jcri.daemon.selftest..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(CRI, "io.grpc..")
        .check(CLASSES);
  }

  @Test
  void messagesOfPluginsStayWithPlugins() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.jcri.daemon.nri..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(NRI)
        .check(CLASSES);
  }

  @Test
  void oneClassKnowsGrpcsShadedNetty() {
    noClasses()
        .that()
        .haveNameNotMatching("io\\.jcri\\.daemon\\.cri\\.CriServer(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.grpc.netty.shaded..")
        .check(CLASSES);
  }

  @Test
  void theDaemonCallsTheKernelThroughItsOneHome() {
    forbid(DAEMON, "jnr..");
  }

  /** A library that inflates is no system call: it is bound where it is used. */
  @Test
  void systemCallsHaveOneHome() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.jcri.sandbox.linux..")
        .and()
        .doNotHaveFullyQualifiedName("io.jcri.oci.inflate.IsaL")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.Linker")
        .check(CLASSES);
  }

  /**
   * What strangers send to the node is read by the pull worker. What the daemon still unpacks are
   * checkpoints, and what it packs are those and images that are saved.
   */
  @Test
  void theDaemonReachesNeitherHttpNorInflaters() {
    Set<String> unpacking =
        Set.of(
            "io.jcri.oci.snapshot.WritableLayers",
            "io.jcri.oci.snapshot.WritableVolumes",
            "io.jcri.oci.archive.FileArchive",
            "io.jcri.oci.image.ImageSave");
    Set<String> reached = new TreeSet<>();
    Deque<JavaClass> toLookAt = new ArrayDeque<>(List.of(CLASSES.get("io.jcri.daemon.app.Daemon")));
    while (!toLookAt.isEmpty()) {
      JavaClass next = toLookAt.pop();
      if (reached.add(next.getName())
          && next.getName().startsWith(ROOT)
          && !unpacking.contains(next.getName())) {
        used(next).forEach(toLookAt::push);
      }
    }
    assertThat(reached)
        .contains("io.jcri.daemon.pull.WorkerFetcher", "io.jcri.oci.image.ImageStore")
        .doesNotContain(
            "java.net.http.HttpClient",
            "java.util.zip.Inflater",
            "io.jcri.oci.image.DirectFetcher",
            "io.jcri.oci.distribution.RegistryClient",
            "io.jcri.oci.layer.LayerMaker",
            "io.jcri.oci.tar.TarReader",
            "io.jcri.oci.inflate.GunzipChannel",
            "io.jcri.oci.inflate.IsaL",
            "io.jcri.oci.inflate.ZstdChannel");
    // A class that is renamed must not leave the list above without a word.
    assertThat(CLASSES.stream().map(JavaClass::getName))
        .contains(
            "io.jcri.oci.image.DirectFetcher",
            "io.jcri.oci.distribution.RegistryClient",
            "io.jcri.oci.layer.LayerMaker",
            "io.jcri.oci.tar.TarReader",
            "io.jcri.oci.inflate.GunzipChannel",
            "io.jcri.oci.inflate.IsaL",
            "io.jcri.oci.inflate.ZstdChannel");
  }

  private static void forbid(String module, String... others) {
    noClasses()
        .that()
        .resideInAPackage(module)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .check(CLASSES);
  }
}
