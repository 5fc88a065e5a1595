package io.jcri.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which module may know which, as ARCHITECTURE.md tells it. */
class ArchitectureTest {
  private static final String CRI = "io.jcri.cri..";
  private static final String SANDBOX = "io.jcri.sandbox..";
  private static final String OCI = "io.jcri.oci..";
  private static final String SHIM = "io.jcri.shim..";
  private static final String CNI = "io.jcri.cni..";
  private static final String DAEMON = "io.jcri.daemon..";
  private static final String TESTS = "io.jcri.it..";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.jcri");

  @Test
  void theContractKnowsNobody() {
    forbid(CRI, SANDBOX, OCI, SHIM, CNI, DAEMON, TESTS);
    forbid("io.jcri.nri..", CRI, SANDBOX, OCI, SHIM, CNI, DAEMON, TESTS);
  }

  @Test
  void theSandboxKnowsNobody() {
    forbid(SANDBOX, CRI, OCI, SHIM, CNI, DAEMON, TESTS);
  }

  @Test
  void imagesKnowOnlySystemCalls() {
    forbid(OCI, CRI, SHIM, CNI, DAEMON, TESTS, "io.jcri.sandbox");
  }

  @Test
  void theShimsClientKnowsOnlySystemCalls() {
    forbid(SHIM, CRI, OCI, CNI, DAEMON, TESTS, "io.jcri.sandbox");
  }

  @Test
  void networksKnowOnlySystemCalls() {
    forbid(CNI, CRI, OCI, SHIM, DAEMON, TESTS, "io.jcri.sandbox");
  }

  @Test
  void theDaemonDoesNotKnowItsTests() {
    forbid(DAEMON, TESTS, "jnr..");
  }

  @Test
  void onlyTheDaemonSpeaksGrpc() {
    noClasses()
        .that()
        .resideInAnyPackage(SANDBOX, OCI, SHIM, CNI)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "io.netty..")
        .allowEmptyShould(true)
        .check(CLASSES);
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
        .resideInAPackage("io.jcri..")
        .and()
        .resideOutsideOfPackages("io.jcri.daemon.nri..", "io.jcri.nri..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.jcri.nri..")
        .check(CLASSES);
  }

  @Test
  void oneClassKnowsGrpcsShadedNetty() {
    noClasses()
        .that()
        .resideInAPackage(DAEMON)
        .and()
        .haveNameNotMatching("io\\.jcri\\.daemon\\.cri\\.CriServer(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.grpc.netty.shaded..")
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
            "io.jcri.oci.snapshot.FileArchive",
            "io.jcri.oci.image.ImageSave");
    Set<String> reached = new TreeSet<>();
    Deque<JavaClass> toLookAt = new ArrayDeque<>(List.of(CLASSES.get("io.jcri.daemon.Daemon")));
    while (!toLookAt.isEmpty()) {
      JavaClass next = toLookAt.pop();
      if (reached.add(next.getName())
          && next.getName().startsWith("io.jcri.")
          && !unpacking.contains(next.getName())) {
        next.getDirectDependenciesFromSelf().stream()
            .map(dependency -> dependency.getTargetClass().getBaseComponentType())
            .forEach(toLookAt::push);
      }
    }
    assertThat(reached)
        .contains("io.jcri.daemon.pull.WorkerFetcher", "io.jcri.oci.image.ImageStore")
        .doesNotContain(
            "java.net.http.HttpClient",
            "java.util.zip.Inflater",
            "io.jcri.oci.image.DirectFetcher",
            "io.jcri.oci.distribution.RegistryClient",
            "io.jcri.oci.snapshot.LayerMaker",
            "io.jcri.oci.snapshot.TarReader",
            "io.jcri.oci.snapshot.GunzipChannel",
            "io.jcri.oci.snapshot.IsaL",
            "io.jcri.oci.snapshot.ZstdChannel");
  }

  /** A library that inflates is no system call: it is bound where it is used. */
  @Test
  void systemCallsHaveOneHome() {
    noClasses()
        .that()
        .resideInAnyPackage("io.jcri..")
        .and()
        .resideOutsideOfPackages("io.jcri.sandbox.linux..", TESTS)
        .and()
        .doNotHaveFullyQualifiedName("io.jcri.oci.snapshot.IsaL")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.Linker")
        .check(CLASSES);
  }

  @Test
  void featuresOfTheDaemonHaveNoCycles() {
    slices().matching("io.jcri.daemon.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  private static void forbid(String module, String... others) {
    noClasses()
        .that()
        .resideInAPackage(module)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .allowEmptyShould(true)
        .check(CLASSES);
  }
}
