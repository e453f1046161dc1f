using System.CommandLine;
using System.Globalization;

namespace TPacket.Tool.Commands;

/// <summary><c>tpacket send ADDRESS ROOM [TEXT...]</c>.</summary>
internal static class SendCommand
{
    public static Command Create(TextReader input)
    {
        var server = new ServerArguments("send", "each message");
        var room = new Argument<string>("room") { Description = "The room to enter." };
        var texts = new Argument<string[]>("text") { Description = "The messages, one for each argument. Default: each line of the input is a message.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("send", "Sends messages to a room, and prints the offset and the time of each.");
        server.AddTo(command);
        command.Add(room);
        command.Add(texts);
        command.Run(async (parsed, cancellationToken) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            await using var client = server.CreateClient(parsed);
            await client.ConnectAsync(server.Nick(parsed), parsed.GetRequiredValue(room), cancellationToken);
            await foreach (var text in TextsAsync(parsed.GetValue(texts) ?? [], input, cancellationToken))
            {
                var receipt = await client.SendAsync(text, cancellationToken);
                output.Write(receipt.Offset is { } offset
                    ? string.Create(CultureInfo.InvariantCulture, $"{offset} {receipt.Time:yyyy-MM-ddTHH:mm:ss.fffZ}\n")
                    : "sent; the server does not support receipts\n");
            }

            await client.CloseAsync(cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    private static async IAsyncEnumerable<string> TextsAsync(string[] arguments, TextReader input, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var text in arguments)
            yield return text;
        if (arguments.Length > 0)
            yield break;
        // A read from a pipe waits in a system call that cannot be cancelled.
        while (await input.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0)
                yield return line;
        }
    }
}
