namespace Ledger.Domain.Vocabulary;

/// <summary>What a right allows.</summary>
public enum RightKind
{
    /// <summary>暂停支付.</summary>
    Suspend,

    /// <summary>解除合同.</summary>
    Terminate,
}

/// <summary>Where a right stands.</summary>
public enum RightState
{
    /// <summary>It may be exercised.</summary>
    Open,

    /// <summary>It would arise if everything still proposed were confirmed.</summary>
    AtRisk,

    /// <summary>It was exercised.</summary>
    Exercised,

    /// <summary>It was given up.</summary>
    Waived,
}
