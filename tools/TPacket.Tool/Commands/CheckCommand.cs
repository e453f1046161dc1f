using System.CommandLine;
using TPacket.Tool.Check;

namespace TPacket.Tool.Commands;

/// <summary><c>tpacket check ADDRESS</c>.</summary>
internal static class CheckCommand
{
    /// <summary>Exit code when a step failed.</summary>
    public const int Failed = 1;

    /// <summary>Exit code when Ctrl+C ended the check.</summary>
    public const int Interrupted = 130;

    public static Command Create()
    {
        var address = new Argument<Uri>("address")
        {
            Description = "The server: ws://host:25021/, wss:, http: or https:.",
            CustomParser = static result =>
            {
                if (ServerAddress.Of(result.Tokens[0].Value) is { } uri)
                    return uri;
                result.AddError("The address has to begin with ws://, wss://, http:// or https:// and to name a host.");
                return null;
            },
        };
        var nick = new Option<string>("--nick") { Description = "The nick to sign in with. Default: one at random.", DefaultValueFactory = static _ => RandomNick() };
        var origin = new Option<string?>("--origin") { Description = "The origin of a web page that the server has to accept, such as https://example.com." };
        origin.Validators.Add(static result =>
        {
            if (result.Tokens.Any(static token => !Uri.TryCreate(token.Value, UriKind.Absolute, out _) || token.Value.Any(char.IsControl)))
                result.AddError("--origin is written as scheme and host, such as https://example.com.");
        });
        var headers = new Option<KeyValuePair<string, string>[]>("--header", "-H")
        {
            Description = "A further header line of the request, as \"Name: value\". May be repeated.",
            CustomParser = static result => [.. result.Tokens.Select(token => Header(token.Value, result.AddError))],
        };
        var magic = new Option<string>("--magic") { Description = "The magic string, where the host has set another.", DefaultValueFactory = static _ => "magic string :)" };
        var timeout = new Option<double>("--timeout") { Description = "Seconds that each step may take.", DefaultValueFactory = static _ => 10 };
        timeout.Validators.Add(static result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<double>() is not (>= 0.1 and <= 600))
                result.AddError("--timeout is from 0.1 to 600 seconds.");
        });
        var json = new Option<bool>("--json") { Description = "Writes one JSON object instead of text." };
        var command = new Command("check", "Checks a server step by step, and says what is wrong and what to try.") { address, nick, origin, headers, magic, timeout, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new CheckRequest(parsed.GetRequiredValue(address), parsed.GetRequiredValue(nick), parsed.GetRequiredValue(magic))
            {
                Origin = parsed.GetValue(origin),
                Headers = parsed.GetValue(headers) ?? [],
                Timeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
            };
            try
            {
                var report = await ServerCheck.RunAsync(request, cancellationToken);
                parsed.InvocationConfiguration.Output.Write(parsed.GetValue(json) ? report.ToJson() : report.ToText());
                return report.IsWhole ? 0 : Failed;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return Interrupted;
            }
        });
        return command;
    }

    private static KeyValuePair<string, string> Header(string line, Action<string> addError)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || line.AsSpan().IndexOfAny('\r', '\n') >= 0)
        {
            addError("A header is written as \"Name: value\".");
            return default;
        }

        return new(line[..colon].Trim(), line[(colon + 1)..].Trim());
    }

    private static string RandomNick() => $"check-{Guid.NewGuid().ToString("N")[..8]}";
}
