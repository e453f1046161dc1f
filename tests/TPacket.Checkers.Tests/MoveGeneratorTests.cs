using Checkers.Draughts;

namespace TPacket.Checkers.Tests;

/// <summary>The rules of English draughts.</summary>
public class MoveGeneratorTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 7)]
    [InlineData(2, 49)]
    [InlineData(3, 302)]
    [InlineData(4, 1_469)]
    [InlineData(5, 7_361)]
    [InlineData(6, 36_768)]
    [InlineData(7, 179_740)]
    [InlineData(8, 845_931)]
    public void The_start_position_has_the_known_numbers_of_move_sequences(int depth, long expected) => Assert.Equal(expected, Perft.Count(Position.Start, depth));

    [Fact]
    public void The_moves_of_any_position_equal_those_of_a_generator_with_64_squares()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var position = Moves.Draw(random);
            var expected = Rule.Moves(position).Order(StringComparer.Ordinal);
            var actual = Moves.Of(position).Select(move => move.ToString()).Order(StringComparer.Ordinal);
            Assert.True(expected.SequenceEqual(actual), $"seed {seed}: {position}\n{string.Join(' ', expected)}\n{string.Join(' ', actual)}");
        }
    }

    [Fact]
    public void A_random_game_stays_within_the_rules_to_its_end()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var game = 0; game < 200; game++)
        {
            var position = Position.Start;
            for (var i = 0; i < 200 && Moves.Of(position) is { Length: > 0 } moves; i++)
            {
                Assert.True(Rule.Moves(position).Order(StringComparer.Ordinal).SequenceEqual(moves.Select(move => move.ToString()).Order(StringComparer.Ordinal)), $"seed {seed}: {position}");
                var move = moves[random.Next(moves.Length)];
                var after = position.After(move);
                Assert.Equal(0u, after.Black & after.White);
                Assert.Equal(0u, after.Kings & after.Empty);
                Assert.True(Moves.At(Fen.Format(after)) == after, $"seed {seed}: {after}");
                position = after;
            }
        }
    }

    [Theory]
    // A capture is mandatory.
    [InlineData("B:W15,32:B10,1", "10x19")]
    // Any of several captures may be chosen, also the shorter one.
    [InlineData("B:W14,15,23:B10,12", "10x17 10x19x26")]
    // A man captures forward only, a king both ways.
    [InlineData("B:W6,7,14:B10", "10x17")]
    [InlineData("B:W6,7,14:BK10", "10x1 10x17 10x3")]
    // A man that becomes a king ends its move, although a king could continue.
    [InlineData("B:W26,27:B22", "22x31")]
    [InlineData("B:W26,27:BK22", "22x31x24")]
    [InlineData("W:W11:B7,6", "11x2")]
    // A king captures in a circle, either way, back to its first square; it jumps no piece twice.
    [InlineData("W:WK3:B7,8,15,16", "3x10x19x12x3 3x12x19x10x3")]
    // The king's first square is free.
    [InlineData("W:WK3:B7,8,15,16,24", "3x10x19x12x3 3x10x19x28 3x12x19x10x3 3x12x19x28")]
    // A piece at the edge, or with a piece behind it, is not captured.
    [InlineData("B:W12,15,19:B8,10", "10-14 8-11")]
    public void Captures_follow_the_rules(string fen, string expected) =>
        Assert.Equal(expected, string.Join(' ', Moves.Of(Moves.At(fen)).Select(move => move.ToString()).Order(StringComparer.Ordinal)));

    [Fact]
    public void A_man_becomes_a_king_on_the_king_row_and_captured_pieces_are_removed()
    {
        var position = Moves.At("W:W11:B7,20");
        Assert.Equal("B:WK2:B20", position.After(Moves.Of(position).Single()).ToString());
    }

    [Fact]
    public void A_king_can_end_its_capture_on_the_square_where_it_began()
    {
        var position = Moves.At("W:WK3:B7,8,15,16,K32");
        Assert.Equal("B:WK3:BK32", position.After(Moves.Of(position)[0]).ToString());
    }

    [Fact]
    public void A_side_without_pieces_or_without_room_has_no_move()
    {
        Assert.Empty(Moves.Of(Moves.At("B:WK1:B")));
        Assert.Empty(Moves.Of(Moves.At("W:W12:B8,3")));
    }
}
