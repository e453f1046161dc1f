namespace TPacket.TerminalChat;

/// <summary>Where there is no terminal: a line in for each thing entered, a line out for each thing heard.</summary>
internal static class LineView
{
    /// <summary>Reads lines until there are no more, or one asks to leave, or the chat has ended.</summary>
    /// <returns>False where the chat has ended before.</returns>
    public static async Task<bool> RunAsync(TextReader input, TextWriter output, ChatScreen screen, Func<string, Task<bool>> enterAsync, CancellationToken ended)
    {
        screen.Follow(output.WriteLine);
        try
        {
            // The reader of an open pipe waits in a system call that no token ends: it is left behind, on a thread that keeps no process alive.
            while (await input.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(ended) is { } line)
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
