namespace TPacket.Games.Tests;

/// <summary>Random numbers of games.</summary>
public class RandomTests
{
    [Fact]
    public void Numbers_are_the_same_for_the_same_seed_game_and_move_on_any_machine()
    {
        var random = new GameRandom(42, 1, 7);
        var drawn = Enumerable.Range(0, 12).Select(_ => random.Next(6) + 1).ToArray();
        var again = new GameRandom(42, 1, 7);
        Assert.Equal(drawn, Enumerable.Range(0, 12).Select(_ => again.Next(6) + 1));
        // SHA-256 of seed, game, move and block, little-endian.
        var hash = System.Security.Cryptography.SHA256.HashData([42, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Equal((BitConverter.ToUInt32(hash) % 6) + 1, (uint)drawn[0]);
    }

    [Theory]
    [InlineData(43, 1, 7)]
    [InlineData(42, 2, 7)]
    [InlineData(42, 1, 8)]
    [InlineData(42, 1, -7)]
    public void Another_seed_game_or_move_has_other_numbers(long seed, int game, int move)
    {
        var (one, other) = (new GameRandom(42, 1, 7), new GameRandom(seed, game, move));
        Assert.NotEqual(Enumerable.Range(0, 8).Select(_ => one.Next(1_000_000)), Enumerable.Range(0, 8).Select(_ => other.Next(1_000_000)));
    }

    [Fact]
    public void Each_number_is_about_as_frequent_as_the_others()
    {
        var random = new GameRandom(1, 1, 1);
        var counts = new int[6];
        for (var i = 0; i < 60_000; i++)
            counts[random.Next(6)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
        Assert.Equal(0, random.Next(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Next(0));
    }

    [Fact]
    public void A_shuffle_keeps_all_values()
    {
        var values = Enumerable.Range(0, 52).ToArray();
        new GameRandom(1, 1, 1).Shuffle(values.AsSpan());
        Assert.Equal(Enumerable.Range(0, 52), values.Order());
        Assert.NotEqual(Enumerable.Range(0, 52), values);
    }
}
