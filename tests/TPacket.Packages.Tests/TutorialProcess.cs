using System.Diagnostics;

namespace TPacket.Packages.Tests;

/// <summary>A running command of a tutorial. Disposing kills it and its child processes.</summary>
internal sealed class TutorialProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _command;
    private readonly CancellationToken _deadline;
    private readonly List<string> _read = [];

    private TutorialProcess(Process process, string command, CancellationToken deadline) => (_process, _command, _deadline) = (process, command, deadline);

    public int Id => _process.Id;

    /// <summary>The lines that were read so far.</summary>
    public string Output => string.Join('\n', _read);

    /// <summary>Starts a command.</summary>
    /// <param name="start">The start.</param>
    /// <param name="command">The command line on the page, for failures.</param>
    /// <param name="deadline">Ends every wait.</param>
    public static TutorialProcess Start(ProcessStartInfo start, string command, CancellationToken deadline)
    {
        start.RedirectStandardInput = true;
        return new TutorialProcess(Process.Start(start)!, command, deadline);
    }

    /// <summary>Reads lines of the output.</summary>
    public async Task<string> ReadLinesAsync(int count)
    {
        var lines = new List<string>();
        while (lines.Count < count)
            lines.Add(await ReadLineAsync($"line {lines.Count + 1} of {count}"));
        return string.Join('\n', lines);
    }

    /// <summary>Reads the output up to a line with a text.</summary>
    /// <returns>The part of the line that follows the text.</returns>
    public async Task<string> ReadUntilAsync(string text)
    {
        while (true)
        {
            var line = await ReadLineAsync($"'{text}'");
            if (line.IndexOf(text, StringComparison.Ordinal) is >= 0 and var at)
                return line[(at + text.Length)..];
        }
    }

    /// <summary>Writes a line to the input.</summary>
    public Task EnterAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>Waits until the command has ended.</summary>
    /// <returns>The exit code and the remaining output.</returns>
    public async Task<(int ExitCode, string Output)> ReadToEndAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync(_deadline);
        await _process.WaitForExitAsync(_deadline);
        return (_process.ExitCode, output);
    }

    public ValueTask DisposeAsync() => new(Dotnet.StopAsync(_process));

    private async Task<string> ReadLineAsync(string awaited)
    {
        string? line;
        try
        {
            line = await _process.StandardOutput.ReadLineAsync(_deadline);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_command} has not printed {awaited}:\n{Output}");
        }

        if (line is null)
            Assert.Fail($"{_command} ended without {awaited}:\n{Output}");
        _read.Add(line);
        return line;
    }
}
