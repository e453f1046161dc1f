using Checkers.Computer;
using Checkers.Draughts;
using Microsoft.Extensions.Time.Testing;

namespace TPacket.Checkers.Tests;

/// <summary>The computer's moves.</summary>
public class ComputerTests
{
    [Fact]
    public void Each_level_plays_legal_moves_to_the_end_of_a_game()
    {
        foreach (var level in Level.All)
        {
            var player = new ComputerPlayer(level, seed: 1, tableBits: 12);
            var position = Position.Start;
            for (var i = 0; i < 60 && player.Choose(position, [], nodes: 500) is { } move; i++)
            {
                Assert.Contains(move, Moves.Of(position));
                position = position.After(move);
            }
        }
    }

    [Fact]
    public void The_same_seed_plays_the_same_game()
    {
        foreach (var level in Level.All)
            Assert.Equal(Play(level), Play(level));

        static string Play(Level level)
        {
            var player = new ComputerPlayer(level, seed: 7, tableBits: 12);
            var position = Position.Start;
            for (var i = 0; i < 40 && player.Choose(position, [], nodes: 2_000) is { } move; i++)
                position = position.After(move);
            return position.ToString();
        }
    }

    [Theory]
    // The double corner "compound stroke" gives two men and wins three.
    [InlineData("W:W32,28,23,19:B20,11,9,5", "28-24")]
    [InlineData("W:W32,31,K2:B28,25,11", "2-7")]
    [InlineData("B:W15,32:B10,1", "10x19")]
    public void The_strongest_level_finds_the_move(string fen, string expected) =>
        Assert.Equal(expected, new ComputerPlayer(Level.Strongest, seed: 1).Choose(Moves.At(fen), [], nodes: 300_000)?.ToString());

    [Fact]
    public void A_side_without_moves_gets_no_move() => Assert.Null(new ComputerPlayer(Level.Strongest, seed: 1).Choose(Moves.At("W:W12:B8,3"), []));

    [Fact]
    public void A_search_ends_when_its_time_is_over()
    {
        // Each read of the clock advances it by a second.
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        var search = new Search(new TranspositionTable(12), time);
        var moves = Moves.Of(Position.Start);
        search.Run(Position.Start, [], new SearchLimits(Search.MaxDepth, TimeSpan.FromSeconds(10)), moves);
        Assert.InRange(search.Depth, 1, Search.MaxDepth - 1);
        Assert.InRange(search.Nodes, 1, 11 * 1024);
    }

    [Fact]
    public void A_search_with_and_without_a_transposition_table_agree_on_a_won_ending()
    {
        var position = Moves.At("B:WK1:BK10,K14,K18");
        foreach (var bits in (int[])[1, 16])
        {
            var moves = Moves.Of(position);
            var scores = new Search(new TranspositionTable(bits)).Run(position, [], new SearchLimits(12), moves);
            Assert.True(scores[0] > Search.Win - 100, $"{bits} bits: {scores[0]}");
        }
    }

    [Fact]
    public void A_repeated_position_counts_as_a_draw()
    {
        // Black is behind, and draws if White's only line repeats a position of the game.
        var position = Moves.At("B:WK10,K11:BK29");
        var moves = Moves.Of(position);
        var before = moves.Select(move => position.After(move)).ToArray();
        var scores = new Search(new TranspositionTable(12)).Run(position, before, new SearchLimits(4), moves);
        Assert.All(scores, score => Assert.Equal(0, score));
    }
}
