using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace TPacket.Samples.Tests.Harness;

/// <summary>A sample that runs in a process of its own, from the folder that it was built into. Disposing kills the process.</summary>
internal sealed partial class SampleProcess : IAsyncDisposable
{
    public const string ConsoleHost = "TPacket.ConsoleHost";
    public const string CustomCommands = "CustomCommands";
    public const string EchoServer = "EchoServer";
    public const string Operations = "Operations";
    public const string Poll = "Poll";
    public const string TerminalChat = "TerminalChat";
    public const string WebChat = "WebChat";

    // The number of log lines in a failure message.
    private const int LinesShown = 40;

    private static readonly string[] _onAnyPort = ["--TPacket:Address=127.0.0.1", "--TPacket:Port=0"];

    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly Task<string> _errors;

    // The output of the terminal that no wait has consumed.
    private string _unseen = "";

    private SampleProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    /// <summary>The number of file descriptors of the sample; Linux only.</summary>
    public int Descriptors => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <summary>The address and port that the sample prints when it listens.</summary>
    public string EndPoint { get; private set; } = "";

    /// <summary>Starts a sample on a port that the system picks, and returns when it listens.</summary>
    public static Task<SampleProcess> StartAsync(string sample, CancellationToken deadline, params string[] arguments) =>
        StartListeningAsync(Built(sample, [.. _onAnyPort, .. arguments]), deadline);

    /// <summary>Starts a published sample that is a host on a port that the system picks, and returns when it listens.</summary>
    public static Task<SampleProcess> StartProgramAsync(string program, CancellationToken deadline, params string[] arguments) =>
        StartListeningAsync(new ProcessStartInfo(program, [.. _onAnyPort, .. arguments]), deadline);

    /// <summary>Starts a sample with a limit of file descriptors on a port that the system picks, and returns when it listens; not on Windows.</summary>
    public static Task<SampleProcess> StartLimitedAsync(string sample, int descriptors, CancellationToken deadline, params string[] arguments)
    {
        var built = Built(sample, [.. _onAnyPort, .. arguments]);
        return StartListeningAsync(new ProcessStartInfo("sh", ["-c", $"ulimit -n {descriptors} && exec \"$0\" \"$@\"", built.FileName, .. built.ArgumentList]), deadline);
    }

    /// <summary>Starts the echo server, which is no host, and returns when it listens.</summary>
    public static Task<SampleProcess> StartEchoAsync(CancellationToken deadline, params string[] arguments) => StartListeningAsync(Built(EchoServer, arguments), deadline);

    /// <summary>Starts the web chat, and returns when ASP.NET Core listens.</summary>
    public static Task<SampleProcess> StartWebChatAsync(CancellationToken deadline, params string[] arguments) =>
        StartListeningAsync(Built(WebChat, ["--urls", "http://127.0.0.1:0", "--TPacket:Sqlite:Path=", .. arguments]), deadline);

    /// <summary>Starts the web chat with its own setting for the file of rooms, for a user with a given data folder; not on Windows.</summary>
    public static Task<SampleProcess> StartWebChatAsync(string userData, CancellationToken deadline)
    {
        var start = Built(WebChat, ["--urls", "http://127.0.0.1:0"]);
        start.Environment["XDG_DATA_HOME"] = userData;
        start.Environment["HOME"] = userData;
        return StartListeningAsync(start, deadline);
    }

    /// <summary>Starts the sample Operations, and returns when it listens.</summary>
    public static Task<SampleProcess> StartOperationsAsync(CancellationToken deadline, params string[] arguments) =>
        StartListeningAsync(Built(Operations, ["--urls", "http://127.0.0.1:0", .. arguments]), deadline);

    /// <summary>Starts the poll with a file for its rooms, and returns when it listens.</summary>
    public static Task<SampleProcess> StartPollAsync(string file, int seconds, CancellationToken deadline) =>
        StartListeningAsync(Built(Poll, ["--urls", "http://127.0.0.1:0", $"--TPacket:Sqlite:Path={file}", $"--Poll:Seconds={seconds}"]), deadline);

    /// <summary>Starts a sample without inotify instances, and returns when it listens.</summary>
    public static Task<SampleProcess> StartWithoutInotifyAsync(string sample, CancellationToken deadline, params string[] arguments) =>
        StartListeningAsync(InotifyLimit.Apply(BuiltWithoutFile(sample, arguments)), deadline);

    /// <summary>Runs a sample without inotify instances that is expected to end by itself.</summary>
    public static async Task<Ended> RunWithoutInotifyAsync(string sample, CancellationToken deadline, params string[] arguments)
    {
        await using var started = new SampleProcess(Start(InotifyLimit.Apply(BuiltWithoutFile(sample, arguments))));
        return await started.WaitForEndAsync(deadline);
    }

    /// <summary>Starts the terminal's chat without a terminal; returns when it is in its room.</summary>
    public static Task<SampleProcess> StartTerminalChatAsync(CancellationToken deadline, params string[] arguments) => StartTerminalChatAsync(Built(TerminalChat, arguments), deadline);

    /// <summary>Starts the published terminal's chat without a terminal; returns when it is in its room.</summary>
    public static Task<SampleProcess> StartTerminalChatProgramAsync(string program, CancellationToken deadline, params string[] arguments) =>
        StartTerminalChatAsync(new ProcessStartInfo(program, arguments), deadline);

    private static async Task<SampleProcess> StartTerminalChatAsync(ProcessStartInfo start, CancellationToken deadline)
    {
        start.StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        start.StandardOutputEncoding = Encoding.UTF8;
        var started = new SampleProcess(Start(start));
        await started.LogHasAsync("* You are in ", deadline);
        return started;
    }

    /// <summary>Starts a sample in a terminal of its own; Linux only.</summary>
    public static SampleProcess StartInTerminal(string sample, int rows, int columns, params string[] arguments)
    {
        var built = Built(sample, arguments);
        var command = $"stty rows {rows} cols {columns} && exec {built.FileName} {string.Join(' ', built.ArgumentList)}";
        var start = new ProcessStartInfo("script", ["--quiet", "--return", "--command", command, "/dev/null"])
        {
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["TERM"] = "xterm";
        return new SampleProcess(Start(start));
    }

    private static async Task<SampleProcess> StartListeningAsync(ProcessStartInfo start, CancellationToken deadline)
    {
        var started = new SampleProcess(Start(start));
        try
        {
            while (started.EndPoint.Length == 0)
            {
                var line = await started._process.StandardOutput.ReadLineAsync(deadline);
                if (line is null)
                    Assert.Fail($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended before it listened:\n{await started._errors}");
                started._output.Add(line);
                started.EndPoint = Listening().Match(line).Groups[1].Value;
            }

            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a sample that is expected to end by itself.</summary>
    public static async Task<Ended> RunAsync(string sample, CancellationToken deadline, params string[] arguments)
    {
        await using var started = new SampleProcess(Start(BuiltWithoutFile(sample, arguments)));
        return await started.WaitForEndAsync(deadline);
    }

    /// <summary>Sends the signal of a shell (SIGINT is Ctrl+C), of a service manager (SIGTERM) or of a terminal that is closed (SIGHUP), and waits until the sample has ended.</summary>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task<Ended> StopAsync(PosixSignal signal, CancellationToken deadline)
    {
        await SendAsync(signal.ToString()["SIG".Length..], deadline);
        return await WaitForEndAsync(deadline);
    }

    /// <summary>Sends a signal, and waits until the sample has ended, without reading its output.</summary>
    /// <returns>The exit code.</returns>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task<int> StopUnreadAsync(PosixSignal signal, CancellationToken deadline)
    {
        await SendAsync(signal.ToString()["SIG".Length..], deadline);
        await _process.WaitForExitAsync(deadline);
        return _process.ExitCode;
    }

    /// <summary>Stops the sample as a paused container does, and returns when it is stopped; Linux only.</summary>
    public async Task FreezeAsync(CancellationToken deadline)
    {
        await SendAsync("STOP", deadline);
        // The state follows the name, which is in parentheses.
        while (!(await File.ReadAllTextAsync($"/proc/{_process.Id}/stat", deadline)).Contains(") T ", StringComparison.Ordinal))
            await Task.Yield();
    }

    /// <summary>Continues a sample that was stopped.</summary>
    public Task ThawAsync(CancellationToken deadline) => SendAsync("CONT", deadline);

    /// <summary>Reads the log until a line contains a text, and returns that line.</summary>
    public Task<string> LogHasAsync(string text, CancellationToken deadline) =>
        LogHasAsync(line => line.Contains(text, StringComparison.Ordinal), $"'{text}'", deadline);

    /// <summary>Reads the log until a line matches, and returns that line.</summary>
    /// <param name="matches">Decides whether a line is the expected one.</param>
    /// <param name="expected">A description of the line for the failure message.</param>
    /// <param name="deadline">Ends the wait; the failure message then shows the log.</param>
    public async Task<string> LogHasAsync(Predicate<string> matches, string expected, CancellationToken deadline)
    {
        string? found;
        while ((found = _output.Find(matches)) is null)
        {
            string? next;
            try
            {
                next = await _process.StandardOutput.ReadLineAsync(deadline);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The log has no {expected} at the deadline. Its last lines:\n{string.Join('\n', _output.TakeLast(LinesShown))}");
            }

            if (next is null)
                Assert.Fail($"The log ended without {expected}:\n{string.Join('\n', _output)}\n{await _errors}");
            _output.Add(next);
        }

        return found;
    }

    /// <summary>Reads the output of the terminal until it contains a text.</summary>
    public async Task ScreenHasAsync(string text, CancellationToken deadline)
    {
        var some = new char[1024];
        int at;
        while ((at = _unseen.IndexOf(text, StringComparison.Ordinal)) < 0)
        {
            var length = await _process.StandardOutput.ReadAsync(some, deadline);
            if (length == 0)
                Assert.Fail($"The terminal has not received '{text}', but: {_unseen}");
            _unseen += new string(some, 0, length);
        }

        _unseen = _unseen[(at + text.Length)..];
    }

    /// <summary>Presses keys in the sample's terminal.</summary>
    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Writes a line to the sample's standard input.</summary>
    public Task EnterAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>Closes the sample's standard input, and waits until the sample has ended.</summary>
    public Task<Ended> EndInputAsync(CancellationToken deadline)
    {
        _process.StandardInput.Close();
        return WaitForEndAsync(deadline);
    }

    /// <summary>Kills the sample.</summary>
    /// <returns>Its standard output.</returns>
    public async Task<string> EndAsync(CancellationToken deadline)
    {
        _process.Kill(entireProcessTree: true);
        return (await WaitForEndAsync(deadline)).Output;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        await _errors;
        _process.Dispose();
    }

    /// <summary>Waits until the sample has ended by itself.</summary>
    public async Task<Ended> WaitForEndAsync(CancellationToken deadline)
    {
        var rest = await _process.StandardOutput.ReadToEndAsync(deadline);
        await _process.WaitForExitAsync(deadline);
        return new Ended(_process.ExitCode, $"{string.Join('\n', _output)}\n{_unseen}{rest}", await _errors);
    }

    private async Task SendAsync(string signal, CancellationToken deadline)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{_process.Id}"]);
        await kill.WaitForExitAsync(deadline);
    }

    /// <summary>Returns a start of a sample that does not use the room file of the user who runs the tests.</summary>
    private static ProcessStartInfo BuiltWithoutFile(string sample, string[] arguments) => Built(sample, sample == WebChat ? ["--TPacket:Sqlite:Path=", .. arguments] : arguments);

    private static ProcessStartInfo Built(string sample, string[] arguments)
    {
        // The tests lie in <artifacts>/bin/<project>/<configuration>; the samples were built with them.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(configuration.Parent!.Parent!.FullName, sample, configuration.Name, $"{sample}.dll");
        return new ProcessStartInfo("dotnet", [program, .. arguments]);
    }

    private static Process Start(ProcessStartInfo start)
    {
        UnixSignals.ListenToInterrupt();
        start.WorkingDirectory = Path.GetTempPath();
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return Process.Start(start)!;
    }

    [GeneratedRegex(@"Listening on (\S+)\.$|Now listening on: http://(?<1>\S+)$")]
    private static partial Regex Listening();

    /// <summary>The end of a sample.</summary>
    public sealed record Ended(int ExitCode, string Output, string Errors);
}
