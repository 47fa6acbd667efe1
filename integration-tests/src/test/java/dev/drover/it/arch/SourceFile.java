package dev.drover.it.arch;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The text of a source file, read by the compiler's own parser. */
record SourceFile(String name, String text) {

    /**
     * What was found; each entry begins with the file's name.
     *
     * @param tooLong files, or methods of them
     * @param sleeps places that sleep
     */
    record Findings(List<String> tooLong, List<String> sleeps) {}

    private static final int MOST_LINES = 500;
    private static final int MOST_LINES_OF_A_METHOD = 70;

    /** All Java sources of a module; {@code set} is main or test. */
    static List<SourceFile> of(Path root, String module, String set) throws IOException {
        Path directory = root.resolve(module).resolve("src").resolve(set).resolve("java");
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<SourceFile> sources = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                sources.add(
                        new SourceFile(root.relativize(file).toString(), Files.readString(file)));
            }
        }
        return sources;
    }

    /** Reads all in one run of the compiler: that it starts costs more than a file. */
    static Findings read(List<SourceFile> sources) throws IOException {
        Findings findings = new Findings(new ArrayList<>(), new ArrayList<>());
        for (SourceFile source : sources) {
            long lines = source.text.lines().count();
            if (lines > MOST_LINES) {
                findings.tooLong.add("%s has %d lines".formatted(source.name, lines));
            }
        }
        List<String> errors = new ArrayList<>();
        JavacTask task =
                (JavacTask)
                        ToolProvider.getSystemJavaCompiler()
                                .getTask(
                                        null,
                                        null,
                                        problem -> errors.add(problem.toString()),
                                        List.of("-proc:none"),
                                        null,
                                        sources.stream().map(Text::new).toList());
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        for (CompilationUnitTree unit : task.parse()) {
            new Reader(unit, positions).scan(unit, findings);
        }
        if (!errors.isEmpty()) {
            throw new IllegalStateException("Cannot parse: " + errors);
        }
        return findings;
    }

    private static final class Text extends SimpleJavaFileObject {
        private final SourceFile source;

        Text(SourceFile source) {
            super(URI.create("string:///" + source.name), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public String getName() {
            return source.name;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source.text;
        }
    }

    private static final class Reader extends TreeScanner<@Nullable Void, Findings> {
        private final String name;
        private final CompilationUnitTree unit;
        private final SourcePositions positions;

        Reader(CompilationUnitTree unit, SourcePositions positions) {
            this.name = unit.getSourceFile().getName();
            this.unit = unit;
            this.positions = positions;
        }

        /** From the first modifier to the closing brace. */
        @Override
        public @Nullable Void visitMethod(MethodTree method, Findings findings) {
            long end = positions.getEndPosition(unit, method);
            // A record's implicit constructor has no text.
            if (end >= 0) {
                long lines = unit.getLineMap().getLineNumber(end) - firstLine(method) + 1;
                if (lines > MOST_LINES_OF_A_METHOD) {
                    findings.tooLong.add(
                            "%s: %s has %d lines".formatted(name, method.getName(), lines));
                }
            }
            return super.visitMethod(method, findings);
        }

        @Override
        public @Nullable Void visitMethodInvocation(MethodInvocationTree call, Findings findings) {
            String what = call.getMethodSelect().toString();
            if (what.matches("(.*\\.)?(Thread|TimeUnit\\.[A-Z]+)\\.sleep")) {
                findings.sleeps.add(name + ":" + firstLine(call));
            }
            return super.visitMethodInvocation(call, findings);
        }

        @Override
        public @Nullable Void visitImport(ImportTree tree, Findings findings) {
            String what = tree.getQualifiedIdentifier().toString();
            if (tree.isStatic() && what.startsWith("java.lang.Thread.")) {
                findings.sleeps.add(name + ":" + firstLine(tree));
            }
            return super.visitImport(tree, findings);
        }

        private long firstLine(Tree tree) {
            return unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
        }
    }
}
