using System.CommandLine;
using TPacket.Client;
using TPacket.Diagnostics;
using TPacket.Server;

namespace TPacket.Tool.Commands;

/// <summary>Runs commands. Converts failures to a line on the error stream and an exit code.</summary>
internal static class Running
{
    /// <summary>Sets the action of a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">
    /// Returns the exit code. Expected failures are exceptions of the client or a store and <see cref="ToolException"/>; other exceptions are bugs of the tool.
    /// </param>
    public static void Run(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) => command.SetAction(async (parsed, cancellationToken) =>
    {
        try
        {
            return await action(parsed, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is TPacketClientException or EventOverflowException or RoomStoreException or ToolException or IOException or ArgumentException)
        {
            parsed.InvocationConfiguration.Error.Write($"{Printable.Escape(Explain(e))}\n");
            return ExitCode.Failed;
        }
    });

    private static string Explain(Exception error) => error switch
    {
        RequestRefusedException refused => $"The server rejected the request: {refused.Code} ({(int)refused.Code}){(refused.Text.Length > 0 ? $", \"{refused.Text}\"" : "")}.",
        _ => error.Message,
    };
}
