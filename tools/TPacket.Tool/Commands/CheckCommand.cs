using System.CommandLine;
using TPacket.Tool.Check;

namespace TPacket.Tool.Commands;

/// <summary><c>tpacket check ADDRESS</c>.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var server = new ServerArguments("check", "each step");
        var origin = new Option<string?>("--origin") { Description = "The origin of a web page that the server must accept, such as https://example.com." };
        origin.Validators.Add(static result =>
        {
            if (result.Tokens.Any(static token => !Uri.TryCreate(token.Value, UriKind.Absolute, out _) || token.Value.Any(char.IsControl)))
                result.AddError("--origin must be a scheme and a host, such as https://example.com.");
        });
        var json = new Option<bool>("--json") { Description = "Writes one JSON object instead of text." };
        var command = new Command("check", "Checks a server step by step. If a step fails, prints the cause and what to try.");
        server.AddTo(command);
        command.Add(origin);
        command.Add(json);
        command.Run(async (parsed, cancellationToken) =>
        {
            var request = new CheckRequest(server.Address(parsed), server.Nick(parsed), server.MagicString(parsed))
            {
                Origin = parsed.GetValue(origin),
                Headers = server.Headers(parsed),
                Timeout = server.Timeout(parsed),
            };
            var report = await ServerCheck.RunAsync(request, cancellationToken);
            parsed.InvocationConfiguration.Output.Write(parsed.GetValue(json) ? report.ToJson() : report.ToText());
            return report.IsWhole ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }
}
