using TPacket.Server.Tests.Harness;
using TPacket.Tool.Commands;

namespace TPacket.Tool.Tests.Harness;

/// <summary>A run of the tool, within this process.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    public static async Task<ToolRun> RunAsync(params string[] arguments)
    {
        using var deadline = Deadline.Start();
        return await RunAsync(deadline.Token, arguments);
    }

    public static async Task<ToolRun> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exitCode = await ToolCommand.Create().Parse(arguments).InvokeAsync(new() { Output = output, Error = errors }, cancellationToken);
        return new ToolRun(exitCode, output.ToString(), errors.ToString());
    }
}
