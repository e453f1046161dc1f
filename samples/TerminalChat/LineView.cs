namespace TPacket.TerminalChat;

/// <summary>Where there is no terminal: a line in for each thing entered, a line out for each thing heard.</summary>
internal static class LineView
{
    /// <summary>Reads lines until there are no more, or one asks to leave.</summary>
    /// <returns>False where the chat has ended before.</returns>
    public static async Task<bool> RunAsync(TextReader input, TextWriter output, ChatScreen screen, Func<string, Task<bool>> enterAsync, CancellationToken ended)
    {
        screen.Follow(output.WriteLine);
        try
        {
            while (await input.ReadLineAsync(ended) is { } line)
            {
                if (!await enterAsync(line))
                    break;
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
