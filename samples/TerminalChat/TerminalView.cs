using Spectre.Console;
using TPacket.Client;

namespace TPacket.TerminalChat;

/// <summary>The chat in a terminal: state, history, roster and input line.</summary>
internal sealed class TerminalView(IAnsiConsole console, TPacketClient client, ChatScreen screen, InputLine input)
{
    private const int RosterWidth = 24;
    private const int LeastWidthForRoster = 60;
    private const string Prompt = "> ";

    // Short enough for typing, and long enough for a terminal over a slow line.
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(25);

    private readonly RowPainter _painter = new(console);

    /// <summary>Draws and reads keys until a command or a token ends the chat.</summary>
    /// <param name="enterAsync">Executes a line. Returns false to end the chat.</param>
    /// <param name="left">Ends the chat.</param>
    public async Task RunAsync(Func<string, Task<bool>> enterAsync, CancellationToken left)
    {
        // Uses the alternate screen, so that the terminal can restore the original screen. Disables line wrap, because a terminal may overestimate the width of a character.
        console.Write(new ControlCode("\e[?1049h\e[?7l"));
        try
        {
            // Lines are executed one after the other, while keys and events are handled.
            var entering = Task.FromResult(true);
            var drawn = default((long, int, int, int));
            while (!left.IsCancellationRequested && (!entering.IsCompleted || await entering))
            {
                while (Console.KeyAvailable)
                {
                    if (Press(Console.ReadKey(intercept: true)) is { } line)
                        entering = EnterNextAsync(entering, line);
                }

                var version = (screen.Version, screen.SecondsToAttempt, console.Profile.Width, console.Profile.Height);
                if (drawn != version)
                {
                    drawn = version;
                    var (before, at, after) = input.Window(console.Profile.Width - Prompt.Length, Cells);
                    _painter.Paint(Draw(), $"{Prompt}{TerminalText.Clean(before)}", TerminalText.Clean(at + after));
                }

                await Task.Delay(_period, CancellationToken.None);
            }
        }
        finally
        {
            // .NET has set the cursor keys to application mode; reset them, too.
            console.Write(new ControlCode("\e[?7h\e[?1049l\e[?1l\e>"));
        }

        Task<bool> EnterNextAsync(Task<bool> before, string line) => screen.WhilePendingAsync(async () => await before && await enterAsync(line));
    }

    /// <summary>Describes the client's state to the user.</summary>
    /// <param name="state">The client's state.</param>
    /// <param name="seconds">The seconds until the next attempt.</param>
    public static string Describe(ClientState state, int seconds) => state switch
    {
        { Phase: ClientPhase.Ready, Room: { } room } => TerminalText.Clean(room),
        { Phase: ClientPhase.Ready } => "in no room",
        { Phase: ClientPhase.Reconnecting } => $"connection lost: attempt {state.Attempt} in {seconds} s",
        { Attempt: > 0 } => $"connection lost: attempt {state.Attempt}",
        { Phase: ClientPhase.Closed } => "ended, /quit leaves",
        _ => "connecting",
    };

    /// <summary>Returns everything above the input line.</summary>
    private Layout Draw()
    {
        var (width, height) = (console.Profile.Width, console.Profile.Height);
        var layout = new Layout().SplitRows(
            new Layout("state").Size(1),
            new Layout("body").SplitColumns(new Layout("history", new HistoryView(screen)), new Layout("roster").Size(RosterWidth)));
        layout["state"].Update(DrawState(width));
        layout["roster"].IsVisible = width >= LeastWidthForRoster;
        layout["roster"].Update(DrawRoster(height - 2));
        return layout;
    }

    private string? Press(ConsoleKeyInfo key)
    {
        if (key.Key is ConsoleKey.PageUp or ConsoleKey.PageDown)
        {
            screen.Scroll(key.Key == ConsoleKey.PageUp ? 1 : -1);
            return null;
        }

        var line = input.Press(key);
        screen.Touch();
        return line;
    }

    private Text DrawState(int width)
    {
        // The most important part is first, because the line is cut off if it is too long.
        var self = client.Roster.Self?.Nick is { } nick ? $" | {TerminalText.Clean(nick)}" : "";
        var pending = screen.Pending is var lines and > 0 ? $" | {lines} pending" : "";
        var text = $" {Describe(client.State, screen.SecondsToAttempt)}{pending}{self} | {client.Roster.Count} here | /help";
        return new Text(text + new string(' ', Math.Max(0, width - Cells(text))), new Style(decoration: Decoration.Invert)).Ellipsis();
    }

    private Padder DrawRoster(int height)
    {
        var users = client.Roster.Users;
        var self = client.Roster.Self;
        var shown = users.Count <= height ? users.Count : Math.Max(0, height - 1);
        var rows = users.Take(shown).Select(user => new Text(TerminalText.Clean(user.Nick), user.Id == self?.Id ? new Style(Color.Green) : user.IsAway ? new Style(decoration: Decoration.Dim) : Style.Plain).Ellipsis());
        return new Padder(new Rows(shown == users.Count ? rows : rows.Append(new Text($"and {users.Count - shown} more", new Style(decoration: Decoration.Dim)))), new Padding(2, 0, 0, 0));
    }

    private static int Cells(string text) => TextWrap.Cells(TerminalText.Clean(text));
}
