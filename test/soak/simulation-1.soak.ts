import { soak } from '../simulation/soak.ts';

soak(0);
