using TPacket.Server.Tests.Harness;
using TPacket.Tool.Commands;

namespace TPacket.Tool.Tests.Harness;

/// <summary>A run of the tool within this process.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    public static async Task<ToolRun> RunAsync(params string[] arguments)
    {
        using var deadline = Deadline.Start();
        return await RunAsync(deadline.Token, arguments);
    }

    public static Task<ToolRun> RunAsync(CancellationToken cancellationToken, params string[] arguments) => RunAsync(new StringReader(""), new StringWriter(), TimeProvider.System, cancellationToken, arguments);

    /// <summary>Runs the tool with an input, an output that can be read during the run, and a clock.</summary>
    public static async Task<ToolRun> RunAsync(TextReader input, TextWriter output, TimeProvider time, CancellationToken cancellationToken, params string[] arguments)
    {
        using var errors = new StringWriter();
        var exitCode = await ToolCommand.Create(input, time).Parse(arguments).InvokeAsync(new() { Output = output, Error = errors }, cancellationToken);
        return new ToolRun(exitCode, output.ToString()!, errors.ToString());
    }
}
