// Builds the solution, runs every test project with coverage, and prints the results:
//   dotnet run eng/test.cs                                             all tests
//   dotnet run eng/test.cs -- --quick                                  no slow tests, no tests that need a browser, Node, Redis, a package or a native program, no analyzers and no coverage
//   dotnet run eng/test.cs -- --filter FullyQualifiedName~Handshake    passes any other argument on to `dotnet test`
// The last line is "N passed, N failed". The exit code is 0 only if tests ran, no test failed and no test project aborted.
#:property PublishAot=false

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

const double CoverageGoal = 95;

// Packages and Publish start programs, Checkers tests a sample, and the budgets of Allocations are for code without instrumentation.
string[] withoutCoverage = ["Allocations", "Checkers", "Packages", "Publish"];

var isQuick = args.Contains("--quick");

// The projects that take longest, longest first: otherwise one of them runs alone at the end.
string[] longest = isQuick
    ? ["Transports", "Server", "Samples", "Sqlite", "WebSockets"]
    : ["Publish", "Packages", "Pages", "Redis", "Testing", "Interop", "EndToEnd", "Allocations", "Transports", "Server", "Samples", "Sqlite", "WebSockets"];

string[] passedOn = [.. args.Where(static argument => argument != "--quick")];
var solution = isQuick ? "eng/quick.slnf" : "TPacket.Net.sln";
var root = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFileDirectoryPath")!)!;
var resultsFolder = Path.Combine(root, "artifacts", "test-results");
var gate = new Lock();
List<string> failed = [];
List<string> skipped = [];
var passed = 0;

if (Directory.Exists(resultsFolder))
    Directory.Delete(resultsFolder, recursive: true);

Heading($"Build {solution} (Release)");
// Analyzers take two thirds of the time of a build. The next build without this property runs them on each project that was compiled here.
if (Dotnet(["build", solution, "-c", "Release", "--nologo", .. isQuick ? (string[])["-p:RunAnalyzers=false"] : []]) == 0)
{
    // One project more than processors: most tests wait for a peer or a deadline.
    // Runs of one project follow each other: the collector of coverage replaces the assemblies in the project's folder for the time of a run.
    ConcurrentQueue<IGrouping<string, TestRun>> projects = new(TestRuns().GroupBy(static run => run.Project));
    await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount + 1).Select(_ => Task.Run(() =>
    {
        while (projects.TryDequeue(out var runs))
        {
            foreach (var run in runs)
                TryRunTests(run);
        }
    })));

    if (passed + failed.Count == 0)
        failed.Add("no test ran");

    if (!isQuick)
    {
        Heading("Line coverage of src/");
        ReportCoverage();
    }
}
else
    failed.Add("the build");

Heading("Tests");
List("Skipped", skipped);
List("Failed", failed);
Console.WriteLine($"{passed} passed, {failed.Count} failed{(skipped.Count > 0 ? $", {skipped.Count} skipped" : "")}");
return failed.Count == 0 ? 0 : 1;

List<TestRun> TestRuns()
{
    if (isQuick)
    {
        using var filter = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, solution)));
        return Ordered(filter.RootElement.GetProperty("solution").GetProperty("projects").EnumerateArray().Select(static path => new TestRun(ProjectOf(path.GetString()!), "")));
    }

    List<TestRun> runs =
    [
        .. File.ReadLines(Path.Combine(root, solution))
            .Where(static line => line.StartsWith("Project(", StringComparison.Ordinal))
            .Select(static line => line.Split('"')[5])
            .Where(static path => path.EndsWith(".Tests.csproj", StringComparison.Ordinal))
            .Select(static path => new TestRun(ProjectOf(path), "")),
    ];
    // Elsewhere this is the only transport.
    if (OperatingSystem.IsLinux())
        runs.Add(runs.Single(static run => run.Part == "Server") with { Transport = "Sockets" });
    return Ordered(runs);

    // Solutions and their filters separate folders with backslashes.
    static string ProjectOf(string path) => path.Split('\\')[^1].Replace(".csproj", "", StringComparison.Ordinal);

    List<TestRun> Ordered(IEnumerable<TestRun> runs) => [.. runs.OrderBy(run => Array.IndexOf(longest, run.Part) is var place and >= 0 ? place : longest.Length)];
}

// A run that cannot be started or read is a failure, and not the end of this program.
void TryRunTests(TestRun run)
{
    try
    {
        RunTests(run);
    }
    catch (Exception e) when (e is IOException or InvalidOperationException or System.Xml.XmlException or System.ComponentModel.Win32Exception)
    {
        lock (gate)
            failed.Add($"{run.Project}: {e.Message}");
    }
}

void RunTests(TestRun run)
{
    var name = run.Transport.Length == 0 ? run.Project : $"{run.Project} on System.Net.{run.Transport}";
    var folder = Path.Combine(resultsFolder, name);
    // The assembly: with a project, `dotnet test` evaluates it and all that it refers to once more.
    var start = new ProcessStartInfo("dotnet", [
        "test", Path.Combine(root, "artifacts", "bin", run.Project, "release", $"{run.Project}.dll"), "--nologo",
        "--results-directory", folder, "--logger", $"trx;LogFileName={name}.trx",
        .. isQuick || withoutCoverage.Contains(run.Part) ? (string[])[] : CoverageArguments(run.Project),
        .. isQuick && !passedOn.Contains("--filter") ? (string[])["--filter", "Speed!=Slow"] : [],
        // The watch for a hang is one more process for each project; a person waits for a quick run.
        .. isQuick ? (string[])[] : ["--blame-hang-timeout", "15m", "--blame-hang-dump-type", "none"],
        .. passedOn,
    ])
    {
        WorkingDirectory = root,
        RedirectStandardOutput = true,
    };
    // A test runs too briefly to gain from profiles: the instrumented tier costs about a sixth of the processor time.
    start.Environment["DOTNET_TieredPGO"] = "0";
    if (run.Transport.Length > 0)
        start.Environment["TPACKET_TEST_TRANSPORT"] = run.Transport;
    var began = Stopwatch.GetTimestamp();
    using var process = Process.Start(start)!;
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();

    lock (gate)
    {
        Heading($"{name}\n{output.TrimEnd()}");
        Console.WriteLine(Invariant($"{name}: {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
        var failedBefore = failed.Count;
        var results = Path.Combine(folder, $"{name}.trx");
        if (File.Exists(results))
            ReadResults(results);
        if (process.ExitCode != 0 && failed.Count == failedBefore)
            failed.Add($"{name} aborted with exit code {process.ExitCode}");
    }
}

// Only the libraries, and a line that was hit once is not counted again: the collector makes a tight loop many times slower.
string[] CoverageArguments(string project)
{
    var libraries = string.Join(',', Directory.GetDirectories(Path.Combine(root, "src")).Select(static library => $"[{Path.GetFileName(library)}]*"));
    return ["--test-adapter-path", CollectorFolder(project), "--collect", $"XPlat Code Coverage;Include={libraries};SingleHit=true"];
}

// The collector's folder in NuGet's cache, where the restore has found it.
string CollectorFolder(string project)
{
    using var assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "artifacts", "obj", project, "project.assets.json")));
    var package = assets.RootElement.GetProperty("libraries").EnumerateObject()
        .First(static library => library.Name.StartsWith("coverlet.collector/", StringComparison.OrdinalIgnoreCase)).Value.GetProperty("path").GetString()!;
    var folder = assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(cache => Path.Combine(cache.Name, package)).First(Directory.Exists);
    return Path.GetDirectoryName(Directory.GetFiles(folder, "coverlet.collector.dll", SearchOption.AllDirectories).First())!;
}

void ReadResults(string file)
{
    foreach (var result in XDocument.Load(file).Descendants().Where(static element => element.Name.LocalName == "UnitTestResult"))
    {
        string Value(string name) => result.Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value ?? "";
        var test = (string)result.Attribute("testName")!;
        switch ((string?)result.Attribute("outcome"))
        {
            case "Passed":
                passed++;
                break;
            case "NotExecuted":
                skipped.Add(test);
                break;
            default:
                failed.Add($"{test}{Indented(Value("Message"))}{Indented(Value("StackTrace"))}");
                break;
        }
    }
}

// A line counts once, and as covered when any test project reached it.
void ReportCoverage()
{
    Dictionary<(string Assembly, string File, int Line), bool> lines = [];
    var reports = Directory.Exists(resultsFolder) ? Directory.GetFiles(resultsFolder, "coverage.cobertura.xml", SearchOption.AllDirectories) : [];
    foreach (var report in reports.Select(XDocument.Load))
    {
        string[] sources = [.. report.Descendants("source").Select(source => source.Value)];
        foreach (var @class in report.Descendants("class"))
        {
            if (InSrc((string)@class.Attribute("filename")!, sources) is not { } file)
                continue;
            foreach (var line in @class.Descendants("line"))
            {
                var key = (file.Split('/')[0], file, (int)line.Attribute("number")!);
                lines[key] = lines.GetValueOrDefault(key) || (long)line.Attribute("hits")! > 0;
            }
        }
    }

    var assemblies = lines.ToLookup(line => line.Key.Assembly, line => line.Value);
    foreach (var name in Directory.GetDirectories(Path.Combine(root, "src")).Select(Path.GetFileName).Order(StringComparer.Ordinal))
        Show(name!, [.. assemblies[name!]]);
    var percent = Show("all", lines.Values);
    if (percent < CoverageGoal)
        Console.WriteLine(Invariant($"Note: below {CoverageGoal:0} %."));

    static double Show(string what, ICollection<bool> covered)
    {
        var percent = covered.Count == 0 ? 0 : 100.0 * covered.Count(hit => hit) / covered.Count;
        Console.WriteLine(Invariant($"  {what,-24} {percent,6:0.0} %  {covered.Count(hit => hit),6} of {covered.Count} lines"));
        return percent;
    }
}

// The file's path below src/ with forward slashes, or null if it is not there: generated code, or a file of the tests.
string? InSrc(string fileName, string[] sources)
{
    var src = Path.Combine(root, "src") + Path.DirectorySeparatorChar;
    var path = sources.Select(source => Path.GetFullPath(fileName, Path.GetFullPath(source, root)))
        .FirstOrDefault(path => path.StartsWith(src, StringComparison.Ordinal) && File.Exists(path));
    return path?[src.Length..].Replace('\\', '/');
}

int Dotnet(params string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = root })!;
    process.WaitForExit();
    return process.ExitCode;
}

// The first lines of a text, each on a line of its own. The whole text is in the output of the run.
static string Indented(string text)
{
    const int Shown = 15;
    string[] lines = text.ReplaceLineEndings("\n").Trim().Split('\n');
    var cut = lines.Length > Shown ? $"\n      ({lines.Length - Shown} more lines above)" : "";
    return text.Length == 0 ? "" : string.Concat(lines.Take(Shown).Select(static line => $"\n      {line}")) + cut;
}

static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

static void Heading(string text) => Console.WriteLine($"\n== {text}");

static void List(string title, List<string> names)
{
    if (names.Count == 0)
        return;
    Console.WriteLine($"{title}:");
    names.ForEach(name => Console.WriteLine($"  {name}"));
}

/// <summary>A run of a test project.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Transport">The transport; empty for the default one.</param>
internal sealed record TestRun(string Project, string Transport)
{
    /// <summary>The part of the repository that the project tests: the middle of its name.</summary>
    public string Part => Project.Split('.')[1];
}
