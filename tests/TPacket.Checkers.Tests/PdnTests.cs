using System.Globalization;
using System.Text;
using Checkers.Commands;
using Checkers.Draughts;
using Checkers.Pdn;

namespace TPacket.Checkers.Tests;

/// <summary>Games of PDN files.</summary>
public class PdnTests
{
    private static List<PdnGame> Read(string pdn) => [.. new PdnReader(new StringReader(pdn)).Read()];

    private static PdnGame ReadOne(string pdn) => Assert.Single(Read(pdn));

    [Fact]
    public void A_game_is_read_to_its_result()
    {
        var game = ReadOne("""
            [Event "Test, game \"1\""]
            [Black "B."]
            [White "W."]
            [GameType "21,B,8,8,N1,0"]
            [Result "1-0"]
            1. 11-15 23-19 2. 8-11 22-17 3. 4-8 17-13 4. 15-18 24-20 5. 11-15
            28-24 1-0
            """);
        Assert.Null(game.Fault);
        Assert.Equal((1, "B:W13,19,20,21,24,25,26,27,29,30,31,32:B1,2,3,5,6,7,8,9,10,12,15,18", "1-0"), (game.Number, game.Position.ToString(), game.Result));
    }

    [Theory]
    [InlineData("1. 11-15 22-18 2. 15x22 25x18 *")]
    [InlineData("1.11-15 22-18 2.15x22 25x18*")]
    [InlineData("1. 11-15 {a} 22-18 ; 9-13\n2. 15x22 $3 25x18!? *")]
    [InlineData("1. 11-15 (11-16 (9-13 {)} 5-9) 3-9 etc. 1-0 (!)) 22-18(?) 2. 15x22\r\n\r\n25x18(!) *")]
    [InlineData("\uFEFF% a line\r\n1. 11-15 22-18\r\n% 2. 9-13\r\n2. 15:22 25-18 *")]
    [InlineData("1. 11-15 1... 22-18 2. 15x22 2. ... 25x18 *")]
    [InlineData("11-15 22-18* 15x22 25x18")]
    [InlineData("999999999999999999999999999999. 11-15 22-18 0. 15X22 25x18")]
    [InlineData("/FEN \"B:W18,23,24,25,26,27,28,29,30,31,32,21:B1-10,12,15\"/ 15x22 25x18 *")]
    [InlineData("1. 11-15{x}22-18(x)15x22{[%clk 1:00]}25x18")]
    public void Annotations_numbers_and_notations_do_not_change_the_game(string pdn)
    {
        var game = ReadOne(pdn);
        Assert.Null(game.Fault);
        Assert.Equal("B:W18,21,23,24,26,27,28,29,30,31,32:B1,2,3,4,5,6,7,8,9,10,12", game.Position.ToString());
    }

    [Fact]
    public void Games_end_with_a_result_an_asterisk_or_the_next_header()
    {
        var games = Read("""
            [Event "1"]
            1. 11-15 1-0
            [Event "2"]
            1. 11-16
            [Event "3"]
            [Result "1/2-1/2"]
            1. 9-13 *
            9-14 *
            10-14 1-1

            [Event "6"]
            [Event "7"]
            [Result "0-0"]
            """);
        Assert.All(games, game => Assert.Null(game.Fault));
        Assert.Equal([(1, "1-0"), (2, "*"), (3, "1/2-1/2"), (4, "*"), (5, "1-1"), (6, "*"), (7, "0-0")], games.Select(game => (game.Number, game.Result)));
        Assert.Equal(Position.Start, games[^1].Position);
    }

    [Fact]
    public void A_file_may_hold_only_positions()
    {
        var games = Read("""
            [Event "Problem 1"]
            [Date ""]
            [Result "1-0"]
            [Setup "1"]
            [FEN "B:W21,K5:BK17,K14."]
            1-0

            [SetUp "1"]
            [FEN "W::."]
            *
            [FEN "W:W18:B9"]
            [FEN "W:W19:B9"]
            """);
        Assert.Equal(["B:W21,K5:BK14,K17 1-0", "W:W:B *", "W:W18:B9 *", "W:W19:B9 *"], games.Select(game => $"{game.Position} {game.Result}"));
    }

    [Theory]
    // In full, in short, and with some of the squares between.
    [InlineData("W:W21:B17,9,1,10,2", "21x14x5", "B:W5:B1,2,10")]
    [InlineData("W:W21:B17,9,1,10,2", "21x5", "B:W5:B1,2,10")]
    [InlineData("W:W21:B17,9,1,2", "21x7", "W:W21:B17,9,1,2 The move 21x7 is illegal.")]
    [InlineData("W:WK3:B7,8,15,16,K32", "3x3", "B:WK3:BK32")]
    [InlineData("W:WK3:B7,8,15,16,K32", "3x12x19x3", "B:WK3:BK32")]
    // A capture that stops too early, and a capture of no piece.
    [InlineData("W:W21:B17,9,1,10,2", "21x14", "W:W21:B17,9,1,10,2 The move 21x14 is illegal.")]
    [InlineData("W:W21:B9", "21x17", "W:W21:B9 The move 21x17 is illegal.")]
    [InlineData("W:W21,32:B17,9", "32-28", "W:W21,32:B17,9 The move 32-28 is illegal: a capture is mandatory.")]
    [InlineData("W:W12:B8,3", "12-8", "W:W12:B8,3 The move 12-8 is illegal: the side to move has no move.")]
    public void A_capture_is_found_by_its_squares(string fen, string move, string expected)
    {
        var game = ReadOne($"[FEN \"{fen}\"]\n{move} *");
        Assert.Equal(Normal(expected), game.Fault is { } fault ? $"{game.Position} {fault.Text}" : game.Position.ToString());

        static string Normal(string text) => text.Split(' ', 2) is [var fen, .. var rest] ? string.Join(' ', [Moves.At(fen).ToString(), .. rest]) : text;
    }

    [Fact]
    public void A_short_capture_that_fits_two_moves_is_ambiguous_and_the_squares_between_resolve_it()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var found = 0;
        while (found < 20)
        {
            var position = Moves.Draw(random);
            var moves = Moves.Of(position);
            var ambiguous = moves.Where(move => move.Jumps > 1).GroupBy(move => (move.From, move.To)).FirstOrDefault(group => group.Select(move => move.Captured).Distinct().Count() > 1 && group.All(move => move.Jumps > 1));
            if (ambiguous is null)
                continue;
            found++;
            var text = $"{ambiguous.Key.From + 1}x{ambiguous.Key.To + 1}";
            var game = ReadOne($"[FEN \"{position}\"]\n1. {text} *");
            Assert.True(game.Fault?.Text == $"The move {text} is ambiguous.", $"seed {seed}: {position} {text}: {game.Fault}");
            Assert.Equal((2, 4, 1), (game.Fault.Line, game.Fault.Column, game.Fault.MoveNumber));
            foreach (var move in ambiguous)
                Assert.Equal(position.After(move), ReadOne($"[FEN \"{position}\"]\n1. {move} *").Position);
        }
    }

    [Fact]
    public void A_random_game_in_short_notation_is_read_back()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var pdn = new StringBuilder();
        var expected = new List<string>();
        for (var number = 1; number <= 200; number++)
        {
            var (position, isFromStart) = (Position.Start, random.Next(2) == 0);
            if (!isFromStart)
                pdn.Append(CultureInfo.InvariantCulture, $"[SetUp \"1\"]\n[FEN \"{position = Moves.Draw(random)}\"]\n");
            for (var i = 0; i < 150 && Moves.Of(position) is { Length: > 0 } moves; i++)
            {
                var move = moves[random.Next(moves.Length)];
                var isShort = moves.Count(other => (other.From, other.To) == (move.From, move.To)) == 1;
                pdn.Append(CultureInfo.InvariantCulture, $"{(i % 2 == 0 ? $"{(i / 2) + 1}. " : "")}{(isShort && move.IsCapture ? $"{move.From + 1}x{move.To + 1}" : move)}{(i % 7 == 0 ? "\r\n" : " ")}");
                position = position.After(move);
            }

            pdn.Append("1-0\n\n");
            expected.Add($"{number} {position} 1-0");
        }

        var output = new StringWriter();
        Assert.True(PdnCommand.Run(new StringReader(pdn.ToString()), output) == 0, $"seed {seed}");
        Assert.Equal(expected, output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("1. 11-15 22-18\n 2. 9-13 {mandatory}", 2, 5, 2, "The move 9-13 is illegal: a capture is mandatory.")]
    [InlineData("1. 11-15 11-16", 1, 10, 1, "The move 11-16 is illegal.")]
    [InlineData("1. 11-33", 1, 4, 1, "'11-33' is not a move.")]
    [InlineData("1. 0-5", 1, 4, 1, "'0-5' is not a move.")]
    [InlineData("1. 11", 1, 4, 1, "'11' is not a move.")]
    [InlineData("1. 11-15-18", 1, 4, 1, "'11-15-18' is not a move.")]
    [InlineData("1. 11x15-18", 1, 4, 1, "'11x15-18' is not a move.")]
    [InlineData("1. 11--15", 1, 4, 1, "'11--15' is not a move.")]
    [InlineData("1. 11x", 1, 4, 1, "'11x' is not a move.")]
    [InlineData("1. c3-d4", 1, 4, 1, "'c3-d4' is not a move.")]
    [InlineData("1. 11-15 } 23-19", 1, 10, 1, "'}' is not a move.")]
    [InlineData("1. 11-15 \u001b[2J\u00e4", 1, 10, 1, "'?' is not a move.")]
    [InlineData("1. 11-15\r\n{never closed", 2, 1, 1, "The comment that begins here has no end.")]
    [InlineData("1. 11-15 (11-16 (9-13) 5-9", 1, 10, 1, "The variation that begins here has no end.")]
    [InlineData("1. 11-15 )", 1, 10, 1, "A variation ends without a beginning.")]
    [InlineData("1. 11-15 $", 1, 10, 1, "A number is missing after '$'.")]
    [InlineData("[Event \"x\n[Date \"y\"]", 1, 1, 1, "The value of the tag Event is missing, too long, or not closed on its line.")]
    [InlineData("[Event]", 1, 1, 1, "The value of the tag Event is missing, too long, or not closed on its line.")]
    [InlineData("[Event \"x\"", 1, 1, 1, "The tag Event is not closed.")]
    [InlineData("[\"x\"]", 1, 1, 1, "The name of a tag is missing, or too long.")]
    [InlineData("[FEN \"B:W40:B1\"]", 1, 1, 1, "'40' is not a square from 1 to 32.")]
    [InlineData("[GameType \"20\"]\n1. 32-28", 1, 1, 1, "The game type '20' is not English draughts (21).")]
    [InlineData("1. 11-15 /FEN \"x\"/", 1, 10, 1, "The position does not begin with the side to move, B or W.")]
    [InlineData("1. 11-15 /FEN x/", 1, 10, 1, "A position between slashes is not /FEN \"...\"/.")]
    public void A_fault_has_its_position_and_its_reason(string pdn, long line, long column, int move, string text)
    {
        var game = Read(pdn)[0];
        Assert.Equal(new PdnFault(text, line, column, move), game.Fault);
    }

    [Fact]
    public void A_game_with_a_fault_does_not_prevent_reading_the_next_game()
    {
        var output = new StringWriter { NewLine = "\n" };
        var exitCode = PdnCommand.Run(new StringReader("[Event \"1\"]\n1. 11-15 99-1 (x 7 1/2 1-0\n[Event \"2\"]\n1. 11-16 24-19 0-1\n[Event \"3\"]\n1. 12-13 1-0\n1. 9-13 *"), output);

        Assert.Equal(1, exitCode);
        Assert.Equal("""
            1 line 2, column 10, move 1: '99-1' is not a move.
            2 B:W19,21,22,23,25,26,27,28,29,30,31,32:B1,2,3,4,5,6,7,8,9,10,12,16 0-1
            3 line 6, column 4, move 1: The move 12-13 is illegal.
            4 W:W21,22,23,24,25,26,27,28,29,30,31,32:B1,2,3,4,5,6,7,8,10,11,12,13 *

            """.ReplaceLineEndings("\n"), output.ToString());
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData("{", "a")]
    [InlineData("1. 11-15 ", "1")]
    [InlineData("1. 11-15 ", "x")]
    [InlineData("[Event \"", "a")]
    [InlineData("[", "a")]
    [InlineData("/", "a")]
    [InlineData("(", "(")]
    [InlineData("", "*")]
    [InlineData("; ", "a")]
    [InlineData("", "\0")]
    public void A_line_of_megabytes_uses_little_memory(string begin, string repeated)
    {
        using var reader = new RepeatingReader(begin, repeated[0], 20_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var games = new PdnReader(reader).Read().Count();
        Assert.InRange(games, 0, 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void A_mutated_file_is_read_or_rejected_without_an_exception()
    {
        const string Pdn = "[Event \"a \\\" b\"]\n[FEN \"B:W18,24,K10:B12,K22\"]\n[Result \"1-0\"]\n1. 12-16 {c} 24-20 (2. 1-5 (x) $1) 2. 22x15 /FEN \"W:W9:B1\"/ 9-6 1x10 1/2-1/2\r\n% x\n; y\n";
        const string Alphabet = "0123456789-x:/.,*{}()[]\"\\;%$!?KWB \r\n\0\uD800\uFEFFé";
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder(Pdn);
            for (var change = random.Next(1, 8); change > 0; change--)
            {
                var at = random.Next(text.Length);
                if (random.Next(2) == 0)
                    text.Remove(at, Math.Min(random.Next(1, 9), text.Length - at)).Append(' ');
                else
                    text.Insert(at, Alphabet[random.Next(Alphabet.Length)]);
            }

            try
            {
                foreach (var game in Read(text.ToString()))
                    Assert.True(game.Fault is null or { Line: > 0, Column: > 0, MoveNumber: > 0 });
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {text}\n{e}");
            }
        }
    }

    /// <summary>A reader of a text that ends with many copies of one character.</summary>
    private sealed class RepeatingReader(string begin, char repeated, long count) : TextReader
    {
        private int _at;
        private long _left = count;

        public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

        public override int Read(Span<char> buffer)
        {
            if (_at < begin.Length)
            {
                buffer[0] = begin[_at++];
                return 1;
            }

            var length = (int)Math.Min(buffer.Length, _left);
            buffer[..length].Fill(repeated);
            _left -= length;
            return length;
        }
    }
}
